using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

public sealed class PredictionPlacesTests
{
    [Theory]
    [InlineData("a.png b.jpg", "a.png b.png")]
    [InlineData("x.PNG x.jpg x.png", "x-2.png x-3.png x.png")]
    [InlineData("X.png x.png", "X.png x-2.png")]
    [InlineData("X.jpg x.png", "X-2.png x.png")]
    [InlineData("x-2.png x.jpg x.png", "x-2.png x-3.png x.png")]
    [InlineData("x-2.jpg x.jpeg x.jpg", "x-2.png x.png x-3.png")]
    [InlineData("x-2.jpg x-2.png x.jpg x.png", "x-2-2.png x-2.png x-3.png x.png")]
    [InlineData("x.jpg x.jpeg x.png y.jpg y.png", "x-2.png x-3.png x.png y-2.png y.png")]
    public void Every_picture_has_a_file_of_its_own_on_every_file_system(string names, string files)
    {
        var places = PredictionPlaces.Of(new Named(names.Split(' ')), "out", SegmentationDataset.PngOf);
        Assert.Equal(files.Split(' ').Select(file => Path.Combine("out", file)), places.Files);
        Assert.Equal(places.Files.Count, places.Files.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void Renamed_pictures_are_told_and_no_others()
    {
        var places = PredictionPlaces.Of(new Named(["a.jpg", "x.PNG", "x.png"]), "out", SegmentationDataset.PngOf);
        Assert.Equal([("x.PNG", Path.Combine("out", "x-2.png"))], places.Renamed);
    }

    [Fact]
    public void A_splits_own_layout_is_kept()
    {
        var places = PredictionPlaces.Of(new Named(["a.png", "b.png"]), "out", _ => Path.Combine("results", "ids.png"));
        Assert.Equal([Path.Combine("out", "results", "ids.png"), Path.Combine("out", "results", "ids-2.png")], places.Files);
    }

    /// <summary>Pictures that nobody may decode.</summary>
    private sealed class Named(string[] names) : ISampleSource
    {
        public int Count => names.Length;

        public string NameOf(int index) => names[index];

        public Sample Load(int index) => throw new InvalidOperationException("Places are fixed before anything is computed.");
    }
}
