using System.CommandLine;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Options of the commands that work on a run, worded once.</summary>
public static class RunOptions
{
    /// <summary>Where Torch runs, unless an option says otherwise.</summary>
    public const string DefaultDevice = "cpu";

    /// <summary><c>--data KIND:DIR</c>, required.</summary>
    public static Option<string> Data() =>
        new("--data")
        {
            HelpName = "KIND:DIR",
            Required = true,
            Description = "The images: camvid:DIR, cityscapes:DIR, bdd:DIR, folder:DIR (images, masks, classes.json), or synthetic.",
        };

    /// <summary><c>--run DIR</c>, required.</summary>
    public static Option<string> Run() =>
        new("--run")
        {
            HelpName = "DIR",
            Required = true,
            Description = "The run's folder, which 'fasterseg search --out' made.",
        };

    /// <summary><c>--role teacher|student</c></summary>
    /// <param name="description">What it is for.</param>
    /// <param name="standard">The role where none is named; null requires one.</param>
    public static Option<string> Role(string description = "Which of the run's two networks.", string? standard = null)
    {
        var role = new Option<string>("--role") { Required = standard is null, Description = description };
        if (standard is not null)
            role.DefaultValueFactory = _ => standard;
        role.AcceptOnlyFromAmong("teacher", "student");
        return role;
    }

    /// <summary><c>--device cpu|cuda[:N]</c></summary>
    public static Option<string> Device() =>
        new("--device")
        {
            HelpName = "DEVICE",
            Description = "Where torch computes: cpu, cuda or cuda:N.",
            DefaultValueFactory = _ => DefaultDevice,
        };

    /// <summary><c>--device</c> with one device or several.</summary>
    public static Option<string> Devices() =>
        new("--device")
        {
            HelpName = "DEVICE",
            Description =
                "Where torch computes: cpu, cuda or cuda:N; several with commas between them, like cuda:0,cuda:1, take a part of each "
                + "batch each.",
            DefaultValueFactory = _ => "cpu",
        };

    /// <summary><c>--resume</c></summary>
    public static Option<bool> Resume() => new("--resume") { Description = "Continue an interrupted run." };

    /// <summary>The role that <c>--role</c> names.</summary>
    public static Latency.Networks.Role Parse(string role) =>
        role == "teacher" ? Latency.Networks.Role.Teacher : Latency.Networks.Role.Student;
}
