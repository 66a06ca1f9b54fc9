using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;

namespace FasterSeg.Tests;

/// <summary>A data folder of one of Cases: the files of <c>base</c>, with the folders that the case has in place of base's.</summary>
internal sealed class CaseFolder : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public CaseFolder(string name)
    {
        string cases = System.IO.Path.Combine(RepositoryRoot.Path, "tests", "Shared", "Cases");
        foreach (string part in new[] { "images/train", "images/val", "masks/train", "masks/val" })
        {
            Directory.CreateDirectory(folder[part]);
            string own = System.IO.Path.Combine(cases, name, part);
            foreach (string file in Directory.EnumerateFiles(Directory.Exists(own) ? own : System.IO.Path.Combine(cases, "base", part)))
                File.Copy(file, System.IO.Path.Combine(folder[part], System.IO.Path.GetFileName(file)));
        }
        string classes = System.IO.Path.Combine(cases, name, "classes.json");
        File.Copy(File.Exists(classes) ? classes : System.IO.Path.Combine(cases, "base", "classes.json"), folder["classes.json"]);
    }

    public string Path => folder.Path;

    public string Location => "folder:" + folder.Path;

    public string this[string name] => folder[name];

    public SegmentationDataset Open() => DatasetLocator.Open(Location, new DataOptions());

    public void Dispose() => folder.Dispose();
}
