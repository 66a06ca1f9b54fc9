using FasterSeg.Search.Data;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Where each picture's prediction goes, fixed before the first is computed: a file of its own for each.</summary>
/// <param name="Files">The file of each sample.</param>
/// <param name="Renamed">Pictures whose file has a number in its name, because another picture has the name without.</param>
internal sealed record PredictionPlaces(IReadOnlyList<string> Files, IReadOnlyList<(string Name, string File)> Renamed)
{
    /// <summary>
    /// Gives every sample a file. Of pictures that would share one (<c>x.png</c>, <c>x.jpg</c>; also <c>X.png</c>, which is the same file
    /// on many file systems) the one that is named as its prediction keeps the name, else the first; the others become <c>x-2.png</c>,
    /// <c>x-3.png</c>.
    /// </summary>
    /// <param name="samples">The pictures.</param>
    /// <param name="folder">The folder of all predictions.</param>
    /// <param name="place">A prediction's file below it, by the picture's name.</param>
    public static PredictionPlaces Of(ISampleSource samples, string folder, Func<string, string> place)
    {
        string[] names = [.. Enumerable.Range(0, samples.Count).Select(samples.NameOf)],
            wanted = [.. names.Select(place)];
        var taken = new HashSet<string>(wanted, StringComparer.OrdinalIgnoreCase);
        var files = new string[names.Length];
        var renamed = new List<(string, string)>();
        foreach (var sharing in Enumerable.Range(0, names.Length).GroupBy(i => wanted[i], StringComparer.OrdinalIgnoreCase))
        {
            int number = 1;
            foreach (int i in sharing.OrderBy(i => names[i] == wanted[i] ? 0 : 1))
            {
                string free = wanted[i];
                if (number > 1)
                {
                    string stem = Path.Combine(Path.GetDirectoryName(wanted[i])!, Path.GetFileNameWithoutExtension(wanted[i])),
                        extension = Path.GetExtension(wanted[i]);
                    while (!taken.Add(free = FormattableString.Invariant($"{stem}-{number}{extension}")))
                        number++;
                }
                number++;
                files[i] = Path.Combine(folder, free);
                if (free != wanted[i])
                    renamed.Add((names[i], files[i]));
            }
        }
        return new PredictionPlaces(files, renamed);
    }
}
