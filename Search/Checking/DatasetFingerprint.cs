using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FasterSeg.Latency;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Checking;

/// <summary>
/// What tells one data set from another without reading an image: the names and sizes of its training and validation files, in their order,
/// and its classes' names. Where the folder lies, when the files were written and what the pixels are is not in it.
/// </summary>
/// <param name="Name">The data set's name.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Train">Number of training images.</param>
/// <param name="Validation">Number of validation images.</param>
/// <param name="Sha256">Of names, sizes and classes, as hexadecimal digits.</param>
public sealed record DatasetFingerprint(string Name, int Classes, int Train, int Validation, string Sha256)
{
    /// <summary>The fingerprint of a data set.</summary>
    public static DatasetFingerprint Of(SegmentationDataset data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SegmentationClass each in data.Classes)
            Add(each.Name);
        foreach (ISampleSource samples in new[] { data.Train, data.Validation })
        {
            Add(FormattableString.Invariant($"{samples.Count} samples"));
            for (int i = 0; i < samples.Count; i++)
            {
                foreach (FileInfo file in samples.FilesOf(i).Select(path => new FileInfo(path)))
                    Add(FormattableString.Invariant($"{file.Name} {(file.Exists ? file.Length : -1)}"));
            }
        }
        return new(
            data.Name,
            data.Classes.Count,
            data.Train.Count,
            data.Validation.Count,
            Convert.ToHexStringLower(hash.GetHashAndReset())
        );

        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
    }

    /// <summary>E.g. <c>CamVid (367 training images, 101 validation images, 11 classes)</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Name} ({Plural.Of(Train, "training image")}, {Plural.Of(Validation, "validation image")}, "
                + $"{Plural.Of(Classes, "class", "classes")})"
        );
}
