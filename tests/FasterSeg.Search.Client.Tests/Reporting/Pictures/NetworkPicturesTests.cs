using CsCheck;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Runs;
using SkiaSharp;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Reporting.Pictures;

/// <summary>Pictures of derived networks: the layout follows the plan, and what is drawn is where the layout says.</summary>
public sealed class NetworkPicturesTests
{
    private static readonly SearchSpace Space = TinySearch.Options().Space.ToSpace();

    private static NetworkPlan Plan(DerivedArchitecture architecture) =>
        NetworkPlan.Of(architecture, RandomNetworks.Space.Height, RandomNetworks.Space.Width);

    [Fact]
    public void Every_layer_of_every_network_has_a_place_of_its_own_at_its_scale() =>
        RandomNetworks.Networks.Sample(
            architecture =>
            {
                NetworkPlan plan = Plan(architecture);
                var layout = new PathLayout(plan);
                int cells = architecture.Deep.Layers + architecture.Shallow.Layers - architecture.SharedLayers,
                    refinements = architecture.Shallow.LastScale == 16 ? 3 : 2;
                Assert.Equal(1 + cells + refinements + 2, layout.Nodes.Count);
                Assert.Distinct(layout.Nodes.Select(node => (node.Column, node.Lane, node.Track)));
                foreach (PathLayout.Node node in layout.Nodes)
                {
                    if (plan.Parts[node.Part].Layer is not int layer)
                        continue;
                    BranchArchitecture branch = architecture.Branches[plan.Parts[node.Part].Branches[0]];
                    Assert.Equal((layer + 1, branch.Path[layer] + branch.Stride(layer) - 1), (node.Column, node.Lane));
                }
            },
            iter: 200
        );

    [Fact]
    public void Every_map_is_read_and_every_line_goes_to_the_right() =>
        RandomNetworks.Networks.Sample(
            architecture =>
            {
                var layout = new PathLayout(Plan(architecture));
                Assert.All(layout.Links, link => Assert.True(link.From.Column < link.To.Column));
                PathLayout.Node head = Assert.Single(layout.Nodes, node => layout.Links.All(link => link.From != node));
                Assert.Equal("head", layout.NameOf(head.Column));
                Assert.Equal("stem", layout.NameOf(Assert.Single(layout.Nodes, node => layout.Links.All(link => link.To != node)).Column));
                Assert.Equal(architecture.Shallow.LastScale == 16 ? 3 : 2, layout.Links.Count(link => link.Lateral));
            },
            iter: 200
        );

    [Fact]
    public void A_networks_boxes_have_the_colours_of_its_operators()
    {
        NetworkPlan plan = Enumerable
            .Range(1, 50)
            .Select(seed => NetworkPlan.Of(RandomArchitectures.Draw(Space, Role.Student, seed), Space.Height, Space.Width))
            .First(candidate => Used(candidate).Count is 2 or 3);
        NetworkEstimate estimate = NetworkEstimate.Of(TinySpace.Table(Space), plan);
        RgbImage path = PathPicture.Draw(plan, estimate),
            operators = OperatorPicture.Draw(plan, estimate);
        HashSet<OperatorKind> used = Used(plan);
        foreach (OperatorKind kind in PictureColours.Operators)
        {
            // A picture of the path names all four in its legend; a box is much larger.
            Assert.Equal(used.Contains(kind), Count(path, PictureColours.Of(kind)) > 1500);
            SKColor colour = PictureColours.Of(kind);
            Assert.Equal(
                used.Contains(kind),
                Count(operators, new SKColor(Over(colour.Red), Over(colour.Green), Over(colour.Blue))) > 1500
            );
        }
        Assert.True(Count(path, PictureColours.Ink) > 500 && Count(operators, PictureColours.Ink) > 500, "There is no text.");

        static HashSet<OperatorKind> Used(NetworkPlan plan) =>
            [.. plan.Parts.Where(part => part.Layer is not null).Select(part => part.Spec.Kind)];
        static byte Over(byte colour) => (byte)Math.Round(((colour * 0x70) + (255 * (255 - 0x70))) / 255.0);
    }

    [Fact]
    public void A_longer_network_has_a_wider_picture_and_a_box_for_each_layer_at_its_place()
    {
        SearchSpace paper = new(1024, 2048, 12, [4 / 12.0, 6 / 12.0, 8 / 12.0, 10 / 12.0, 1], 16, 19, 1, 1, 8 / 12.0, 8 / 12.0);
        NetworkPlan plan = NetworkPlan.Of(RandomArchitectures.Draw(paper, Role.Teacher, 8), paper.Height, paper.Width);
        RgbImage picture = PathPicture.Draw(plan, null);
        // Twenty columns, in two bands.
        RgbImage operators = OperatorPicture.Draw(plan, NetworkEstimate.Of(TinySpace.Table(paper), plan));
        Assert.Equal(
            (PictureCanvas.Scale * (52 + (10 * 88) + 10), true),
            (operators.Width, operators.Height > PictureCanvas.Scale * 4 * 84)
        );
        var layout = new PathLayout(plan);
        Assert.Equal(PictureCanvas.Scale * (62 + (layout.Columns * 62) + 10), picture.Width);
        // A teacher's maps have the full width: from left to right, the deep branch's first layers are at the columns' middles.
        for (int column = 1; column <= 3; column++)
        {
            int x = PictureCanvas.Scale * (62 + (column * 62) + 31),
                y = PictureCanvas.Scale * (46 + 73 + 6);
            SKColor expected = PictureColours.Of(plan.Architecture.Deep.Operators[column - 1]);
            Assert.Equal([expected.Red, expected.Green, expected.Blue], picture[y, x].ToArray());
        }
    }

    [Fact]
    public void Both_pictures_are_in_the_runs_folder_and_in_its_log()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = RunFolder.Create(folder["run"]);
        NetworkPlan plan = NetworkPlan.Of(RandomArchitectures.Draw(Space, Role.Teacher, 1), Space.Height, Space.Width);
        new NetworkPictures().Save(run, plan, TinySpace.Table(Space));
        Assert.Equal(
            ["teacher-operators.png", "teacher.png"],
            Directory.GetFiles(run.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.True(ImageFile.Read(run.PathPicture(Role.Teacher)).Width >= 1500);

        using (var log = ScalarLog.Open(run, "search", default, stepsPerEpoch: 3))
            new NetworkPictures().Log(log, default, plan, TinySpace.Table(Space));
        string pair = $"teacher_32_{plan.Architecture.Shallow.LastScale}";
        Assert.Equal(
            ["path/" + pair, "operators/" + pair],
            EventFileReader.ReadFolder(run.Events("search")).Where(e => e.Png is { Length: > 5000 }).Select(e => e.Tag)
        );
    }

    [Fact]
    public void Text_is_as_wide_as_it_says_and_its_letters_differ()
    {
        RgbImage Written(string text) => PictureCanvas.Draw(120, 30, canvas => Lettering.Write(canvas, text, 10, 10, 7, SKColors.Black));
        RgbImage word = Written("MMMM");
        int[] columns = [.. Enumerable.Range(0, word.Width).Where(c => Enumerable.Range(0, word.Height).Any(r => word[r, c][0] < 128))];
        // A letter has a little room on both sides.
        Assert.InRange(columns.Min(), 20, 23);
        Assert.InRange(
            columns.Max(),
            PictureCanvas.Scale * (10 + Lettering.Width("MMMM", 7)) - 4,
            PictureCanvas.Scale * (10 + Lettering.Width("MMMM", 7))
        );
        Assert.Equal(
            95,
            Enumerable.Range(' ', 95).Select(c => Convert.ToHexString(Written(((char)c).ToString()).Pixels)).Distinct().Count()
        );
        Assert.NotEqual(Written("?").Pixels, Written("\u03B1").Pixels);
        Assert.Equal(Written("?").Pixels, Written("\u4E2D").Pixels);
    }

    private static int Count(RgbImage picture, SKColor colour)
    {
        int count = 0;
        for (int i = 0; i < picture.Pixels.Length; i += 3)
        {
            if (picture.Pixels[i] == colour.Red && picture.Pixels[i + 1] == colour.Green && picture.Pixels[i + 2] == colour.Blue)
                count++;
        }
        return count;
    }
}
