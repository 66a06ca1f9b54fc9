using FasterSeg.Fleet.Service.Hosting;
using FasterSeg.Profiler.Service.Security;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Tests.Security;

/// <summary>A file of access keys, and the keys.</summary>
internal sealed class KeyRing : IDisposable
{
    private readonly string file = Path.GetTempFileName();
    private readonly Dictionary<string, string> keys = [];

    /// <param name="owners">A name each, with a role behind it or none.</param>
    public KeyRing(params string[] owners)
    {
        var lines = new List<string>();
        foreach (string[] owner in owners.Select(each => each.Split(' ')))
        {
            (keys[owner[0]], string line) = AccessKeys.New(owner[0]);
            lines.Add(string.Join(' ', [line, .. owner[1..]]));
        }
        File.WriteAllLines(file, lines);
    }

    /// <summary>Whose key it is.</summary>
    public string this[string owner] => keys[owner];

    /// <summary>A call's metadata with this owner's key.</summary>
    public Metadata Of(string owner) => Bearing(keys[owner]);

    /// <summary>A call's metadata with a key.</summary>
    public static Metadata Bearing(string key) => new() { { "authorization", "Bearer " + key } };

    /// <summary>A node that asks for these keys.</summary>
    public FleetOptions Ask(FleetOptions options) => options with { Security = new() { AccessKeys = file } };

    public void Dispose() => File.Delete(file);
}
