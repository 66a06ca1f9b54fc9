using System.Text;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Searching;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary><c>fasterseg derive</c> on a small space, and what can be wrong with parameters.</summary>
public sealed class DeriveCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SearchSpace space = TinySearch.Options().Space.ToSpace();

    public DeriveCommandTests()
    {
        ConfigurationLoader.Save(TinySearch.Options(), folder["c.json"]);
        LatencyTableJson.Save(TinySpace.Table(space), folder["t.json"]);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_derived_student_trains_alone_evaluates_and_exports()
    {
        string parameters = Write("p.json", Role.Student),
            run = folder["run"];
        var (code, output, error) = await DeriveAsync(parameters, run, "--pair", "32+8");
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Contains("chosen       32+8: asked for with --pair", output, StringComparison.Ordinal);
        Assert.Contains("training:distillationWeight=0", output, StringComparison.Ordinal);
        DerivedArchitecture expected = Derivation.Derive(
            TinyParameters.Values(space, Role.Student, seed: 3),
            space,
            Role.Student,
            shallowEnd: 0
        );
        Assert.Equal(expected, DerivedArchitectureJson.Load(Path.Combine(run, "student.json")));
        Assert.Equal(
            TinyParameters.Values(space, Role.Student, seed: 3).Alpha[1][0],
            ArchitectureValuesJson.Read(Path.Combine(run, "parameters.json"), Role.Student).Alpha[1][0]
        );

        string[] student = ["--run", run, "--role", "student"],
            data = ["--data", "synthetic"];
        var untaught = await Shell.RunAsync(["train", .. student, .. data]);
        Assert.Equal(ExitCodes.Failed, untaught.Code);
        Assert.Contains(
            "or derive one into it:\n  fasterseg derive --parameters FILE --role teacher --out ",
            untaught.Error,
            StringComparison.Ordinal
        );
        foreach (
            string[] line in new string[][]
            {
                ["train", .. student, .. data, "--set", "training:distillationWeight=0"],
                ["eval", .. student, .. data],
                ["export", .. student, "--onnx", folder["s.onnx"]],
            }
        )
        {
            (code, _, error) = await Shell.RunAsync(line);
            Assert.Equal((ExitCodes.Done, ""), (code, error));
        }
        Assert.True(File.Exists(Path.Combine(run, "eval-student-val.json")) && File.Exists(folder["s.onnx"]));
    }

    [Fact]
    public async Task A_teacher_is_added_to_the_run_that_has_the_student()
    {
        string parameters = Write("p.json", Role.Teacher, Role.Student),
            run = folder["run"];
        Assert.Equal(ExitCodes.Done, (await DeriveAsync(parameters, run)).Code);
        string student = File.ReadAllText(Path.Combine(run, "student.json"));

        var twice = await DeriveAsync(parameters, run);
        Assert.Equal(ExitCodes.WrongUsage, twice.Code);
        Assert.Contains("leave --config, --lut and --set out", twice.Error, StringComparison.Ordinal);
        string[] add = ["derive", "--parameters", parameters, "--out", run];
        var again = await Shell.RunAsync(add);
        Assert.Equal(ExitCodes.Failed, again.Code);
        Assert.Contains("student.json is there already", again.Error, StringComparison.Ordinal);

        var (code, output, error) = await Shell.RunAsync([.. add, "--role", "teacher"]);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Contains("a teacher pays no latency", output, StringComparison.Ordinal);
        Assert.Equal(student, File.ReadAllText(Path.Combine(run, "student.json")));
        Assert.Equal(Role.Teacher, DerivedArchitectureJson.Load(Path.Combine(run, "teacher.json")).Role);
        Assert.Equal(
            [Role.Student, Role.Student, Role.Teacher, Role.Teacher],
            SearchResultFile.Read(Path.Combine(run, "search.json")).Select(pair => pair.Role)
        );
        foreach (Role role in new[] { Role.Teacher, Role.Student })
            ArchitectureValuesJson.Read(Path.Combine(run, "parameters.json"), role);
    }

    [Theory]
    [InlineData(0.1, 0.9, "32+16"), InlineData(0.9, 0.1, "32+8")]
    public async Task The_mIoU_in_the_authors_layout_decides_by_the_papers_rule(double with8, double with16, string expected)
    {
        string parameters = TinyParameters.Write(folder, "p.json", space, seed: 3, [Role.Student], json =>
            (json["mIoU02"], json["mIoU12"]) = (with8, with16)
        );
        var (_, output, _) = await DeriveAsync(parameters, folder["run"]);
        Assert.Contains($"chosen       {expected}: larger supernet mIoU", output, StringComparison.Ordinal);
        // A run of ours keeps the mIoU beside its parameters: derived anew, they decide alike.
        (_, output, _) = await DeriveAsync(folder["run/parameters.json"], folder["again"]);
        Assert.Contains($"chosen       {expected}: larger supernet mIoU", output, StringComparison.Ordinal);
        Assert.Equal(
            [with8, with16],
            SearchResultFile
                .Read(folder["again/search.json"])
                .OrderBy(pair => pair.ShallowScale)
                .Select(pair => pair.SupernetMeanIou!.Value)
        );
    }

    [Fact]
    public async Task The_students_mIoU_says_nothing_of_the_teacher()
    {
        string parameters = TinyParameters.Write(folder, "p.json", space, seed: 3, [Role.Teacher], json =>
            (json["mIoU02"], json["mIoU12"]) = (0.1, 0.9)
        );
        Assert.Contains(
            "the supernet's mIoU is not known",
            (await DeriveAsync(parameters, folder["run"], "--role", "teacher")).Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Parameters_of_another_space_are_refused_with_every_misfit_before_anything_is_written()
    {
        string parameters = TinyParameters.Write(
            folder,
            "p.json",
            space with
            {
                Layers = 5,
                WidthRatios = [0.5, 1],
            },
            seed: 3,
            [Role.Student]
        );
        var (code, output, error) = await DeriveAsync(parameters, folder["run"]);
        Assert.Equal((ExitCodes.WrongUsage, ""), (code, output));
        Assert.Contains(
            $"{parameters} does not fit the space {space}: alpha_1_0 has 5 rows, and the space needs 4.",
            error,
            StringComparison.Ordinal
        );
        Assert.Contains("Row 0 of ratio_1_2 has 2 numbers, and the space needs 3 (widths).", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Theory]
    [InlineData("alpha_1_1", "[[1,2,3,4,5],[1,2,3,4,null],[1,2,3,4,5]]", "cannot be read as architecture parameters")]
    [InlineData("alpha_1_1", "[[1,2,3,4,5],null,[1,2,3,4,5]]", "Row 1 of alpha_1_1 has 0 numbers")]
    [InlineData("alpha_1_1", "[[1,2,3,4,5],[1,2,3,4,1e999],[1,2,3,4,5]]", "alpha_1_1 has a number that is not finite")]
    [InlineData("beta_1_2", "\"none\"", "cannot be read as architecture parameters: beta_1_2 is no list of rows of numbers.")]
    [InlineData("ratio_1_0", "null", "it has no ratio_1_0.")]
    public async Task A_broken_member_is_named(string member, string value, string expected)
    {
        string parameters = TinyParameters.Write(folder, "p.json", space, seed: 3, [Role.Student], json => json[member] = "HERE");
        File.WriteAllText(parameters, File.ReadAllText(parameters).Replace("\"HERE\"", value, StringComparison.Ordinal));
        var (code, _, error) = await DeriveAsync(parameters, folder["run"]);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_the_file_has_not_is_named_with_the_one_it_has()
    {
        var (code, _, error) = await DeriveAsync(Write("p.json", Role.Student), folder["run"], "--role", "teacher");
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("it has no alpha_0_0, only the student's alpha_1_0", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Byte_order_marks_before_parameters_configuration_and_table_are_read_over()
    {
        string parameters = Write("p.json", Role.Student);
        foreach (string file in new[] { parameters, folder["c.json"], folder["t.json"] })
            ByteOrderMark.PutBefore(file);
        var (code, _, error) = await DeriveAsync(parameters, folder["run"]);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        // A run's own files may have been through an editor too.
        foreach (string file in Directory.GetFiles(folder["run"], "*.json"))
            ByteOrderMark.PutBefore(file);
        (code, _, error) = await Shell.RunAsync(
            "derive",
            "--parameters",
            Write("q.json", Role.Teacher),
            "--role",
            "teacher",
            "--out",
            folder["run"]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
    }

    [Theory]
    [InlineData("PK\u0003\u0004archive/data.pkl", "is a torch file (.pt or .pth)", "json.dump(torch.load('")]
    [InlineData(
        "\u0080\u0002\u008a\u000a\u006c\u00fc\u009c\u0046\u00f9\u0020\u006a\u00a8\u0050\u0019.",
        "is a torch file (.pt or .pth)",
        "json.dump(torch.load('"
    )]
    [InlineData("\u0080\u0004\u0095", "is a Python pickle", "json.dump(pickle.load(open('")]
    [InlineData("\u0093NUMPY", "is a NumPy file (.npy), and JSON was expected", "name the right file")]
    [InlineData("\u0008\u0007\u0012", "is an ONNX network, and JSON was expected", "name the right file")]
    [InlineData("\u00ff\u00fe{\0", "is text in UTF-16 or UTF-32, and only UTF-8 is read", "save it as UTF-8")]
    public async Task A_file_of_another_kind_is_called_by_its_name_with_what_to_do(string bytes, string told, string what)
    {
        // A zip archive's first name stands behind 30 bytes and its length in them.
        byte[] content = Encoding.Latin1.GetBytes(bytes);
        if (bytes[0] == 'P')
            content = [.. content[..4], .. new byte[22], (byte)(content.Length - 4), 0, 0, 0, .. content[4..]];
        File.WriteAllBytes(folder["arch_1.pt"], content);
        var (code, _, error) = await DeriveAsync(folder["arch_1.pt"], folder["run"]);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.StartsWith($"error: {folder["arch_1.pt"]} {told}", error, StringComparison.Ordinal);
        Assert.Contains(what, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public async Task A_run_is_not_made_over_the_users_files()
    {
        Directory.CreateDirectory(folder["mine"]);
        string parameters = Write("mine/parameters.json", Role.Student),
            before = File.ReadAllText(parameters);
        var (code, _, error) = await DeriveAsync(parameters, folder["mine"]);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains($"{parameters} is there already, and a run in {folder["mine"]} would replace it", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(parameters));
        Assert.Single(Directory.GetFiles(folder["mine"]));
    }

    [Theory]
    [InlineData("--lut t.json", "--config is missing")]
    [InlineData("--config c.json --lut t.json --pair 16+8", "'16+8'")]
    public async Task Wrong_usage_ends_with_2(string more, string expected)
    {
        var (code, _, error) = await Shell.RunAsync([
            "derive",
            "--parameters",
            Write("p.json", Role.Student),
            "--out",
            folder["run"],
            .. more.Split(' '),
        ]);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private string Write(string name, params Role[] roles) => TinyParameters.Write(folder, name, space, seed: 3, roles);

    private Task<(int Code, string Output, string Error)> DeriveAsync(string parameters, string run, params string[] more) =>
        Shell.RunAsync([
            "derive",
            "--parameters",
            parameters,
            "--config",
            folder["c.json"],
            "--lut",
            folder["t.json"],
            "--out",
            run,
            .. more,
        ]);
}
