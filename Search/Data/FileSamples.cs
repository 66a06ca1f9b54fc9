using FasterSeg.Latency;

namespace FasterSeg.Search.Data;

/// <summary>Samples that are pairs of files.</summary>
internal sealed class FileSamples(IReadOnlyList<FilePairs.Pair> pairs, MaskFile masks) : ISampleSource
{
    public int Count => pairs.Count;

    public string NameOf(int index) => Path.GetFileName(pairs[index].Image);

    public Sample Load(int index)
    {
        FilePairs.Pair pair = pairs[index];
        StoredPicture picture = ImageFile.ReadStored(pair.Image);
        LabelMap label = LoadLabel(index);
        bool turned = Turned(pair, picture, label.Height, label.Width);
        return new Sample(NameOf(index), turned ? picture.Upright() : picture.AsStored(), label);
    }

    public LabelMap LoadLabel(int index) => masks.Read(pairs[index].Mask);

    public IReadOnlyList<string> FilesOf(int index) => [pairs[index].Image, pairs[index].Mask];

    public SampleExamination Examine(int index, int classes, bool pictures)
    {
        FilePairs.Pair pair = pairs[index];
        var faults = new List<string>();
        LabelCount? count = Try(() => masks.Count(pair.Mask));
        StoredPicture? picture = Try(() => pictures ? ImageFile.ReadStored(pair.Image) : ImageFile.ReadHeader(pair.Image));
        if (count is not null && picture is not null)
            Try(() => (object)Turned(pair, picture, count.Height, count.Width));
        return new SampleExamination(count, faults);

        T? Try<T>(Func<T> read)
            where T : class
        {
            try
            {
                return read();
            }
            catch (UserErrorException fault)
            {
                faults.Add(fault.Message);
                return null;
            }
        }
    }

    /// <summary>
    /// Whether a picture is to be turned as it says (EXIF). Of labelling programs some look at the picture as it is to be seen and some as
    /// it is stored; the mask's sides tell which, unless they are the same in both.
    /// </summary>
    private static bool Turned(FilePairs.Pair pair, StoredPicture picture, int height, int width)
    {
        bool upright = picture.UprightSize == (height, width),
            stored = (picture.Height, picture.Width) == (height, width);
        if (upright && stored && picture.IsTurned)
            throw new UserErrorException(
                $"Image '{pair.Image}' is to be turned when seen (EXIF orientation {(int)picture.Origin}), and its mask "
                    + $"'{pair.Mask}' fits it turned and not turned: write the picture as the mask has it, without the orientation."
            );
        if (upright || stored)
            return upright;
        string size =
            $"{picture.UprightSize.Height} x {picture.UprightSize.Width} pixels (rows x "
            + $"columns{(picture.IsTurned ? $", turned as its EXIF orientation {(int)picture.Origin} says" : "")})";
        throw new UserErrorException(
            $"Image '{pair.Image}' has {size}, its mask '{pair.Mask}' {height} x {width}: they must be of one size."
        );
    }
}
