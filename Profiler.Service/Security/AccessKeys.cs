using System.Security.Cryptography;
using System.Text;
using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>
/// The access keys that calls may carry. The file has a line for each, its name and the SHA-256 of the key: a key has 256 random
/// bits, so its hash needs no salt and tells nothing. The word <c>operator</c> behind them lets the owner cancel everybody's jobs; in a
/// fleet's file the word <c>device</c> lets a device join. Lines that begin with # are comments.
/// </summary>
public sealed class AccessKeys
{
    private const int KeyBytes = 32,
        HashBytes = 32,
        LargestFile = 1 << 20;

    private readonly List<(KeyOwner Owner, byte[] Hash)> keys;

    private AccessKeys(List<(KeyOwner, byte[])> keys) => this.keys = keys;

    /// <summary>Reads a file of hashed keys.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ofFleet">Whether devices' keys may be in it.</param>
    /// <exception cref="UserErrorException">It cannot be read, a line is no key's, or there is none.</exception>
    public static AccessKeys Load(string path, bool ofFleet = false)
    {
        string program = ofFleet ? "fasterseg-fleet" : "fasterseg-profiler";
        string[] roles = ofFleet ? [Caller.OperatorRole, Caller.DeviceRole] : [Caller.OperatorRole];
        var keys = new List<(KeyOwner, byte[])>();
        string[] lines = Encoding
            .UTF8.GetString(UserText.Read(path, LargestFile, "a list of access keys").Span)
            .Split('\n', StringSplitOptions.TrimEntries);
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || lines[i][0] == '#')
                continue;
            string[] parts = lines[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length is not (2 or 3) || parts[1].Length != 2 * HashBytes || !parts[1].All(char.IsAsciiHexDigit))
                throw new UserErrorException(
                    $"{path}, line {i + 1} is no access key: it needs a name and a SHA-256 in "
                        + $"hexadecimal; '{program} new-key NAME' makes one."
                );
            if (parts.Length == 3 && !roles.Contains(parts[2]))
                throw new UserErrorException(
                    $"{path}, line {i + 1} gives the key the role '{parts[2]}': "
                        + (roles is [var only] ? $"the only one is '{only}'." : $"use one of {string.Join(", ", roles)}, or none.")
                );
            keys.Add((new(parts[0], parts.ElementAtOrDefault(2)), Convert.FromHexString(parts[1])));
        }
        return keys.Count > 0
            ? new AccessKeys(keys)
            : throw new UserErrorException($"{path} has no access key, so nobody could call: '{program} new-key NAME' makes one.");
    }

    /// <summary>A fresh key for a caller, and the line for the file.</summary>
    /// <exception cref="UsageException">The name has a space in it, or none has any character.</exception>
    public static (string Key, string Line) New(string name)
    {
        if (name.Length == 0 || name.Any(char.IsWhiteSpace) || name[0] == '#')
            throw new UsageException($"'{name}' is no name for a key: use one word.");
        string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return (key, $"{name} {Convert.ToHexStringLower(HashOf(key))}");
    }

    /// <summary>A key's owner, or null. Takes as long for a wrong key as for a right one.</summary>
    public KeyOwner? OwnerOf(string key)
    {
        byte[] hash = HashOf(key);
        KeyOwner? owner = null;
        foreach ((KeyOwner each, byte[] known) in keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, known))
                owner = each;
        }
        return owner;
    }

    private static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
