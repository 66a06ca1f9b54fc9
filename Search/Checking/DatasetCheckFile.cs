using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Checking;

/// <summary>Keeps a check that found no fault, so that the same files are not counted again.</summary>
public static class DatasetCheckFile
{
    private const int Format = 1;
    private const int LargestFile = 1 << 24; // bytes; 255 classes take about ten thousand

    private sealed record Content(int Format, string Files, DatasetCheck Check);

    /// <summary>Writes the check.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Save(DatasetCheck check, SegmentationDataset data, string path) =>
        RunJson.Save(path, new Content(Format, Fingerprint(data), check));

    /// <summary>
    /// The check of the same classes and files (by name, size and time); null where the file is another one's, damaged or not there.
    /// </summary>
    public static DatasetCheck? Load(SegmentationDataset data, string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            Content? content = RunJson.Read(path, LargestFile).Deserialize<Content>(RunJson.Options);
            return
                content?.Format == Format
                && content.Files == Fingerprint(data)
                && Fits(content.Check.Train, data)
                && Fits(content.Check.Validation, data)
                ? content.Check
                : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or UserErrorException)
        {
            return null;
        }
    }

    private static bool Fits(SplitCheck? split, SegmentationDataset data) =>
        split is { Faults.Count: 0, Ignored: not null, Sizes: not null } && split.Classes?.Count == data.Classes.Count;

    private static string Fingerprint(SegmentationDataset data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add($"{data.Name} {data.Encoding}");
        foreach (SegmentationClass each in data.Classes)
            Add(each.ToString());
        foreach (ISampleSource samples in new[] { data.Train, data.Validation })
        {
            Add($"{samples.Count}");
            for (int i = 0; i < samples.Count; i++)
            {
                foreach (FileInfo file in samples.FilesOf(i).Select(path => new FileInfo(path)))
                    Add(FormattableString.Invariant($"{file.FullName} {(file.Exists ? file.Length : -1)} {file.LastWriteTimeUtc.Ticks}"));
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
    }
}
