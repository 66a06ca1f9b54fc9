namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>How the log of a profiler started on its own is written to the console.</summary>
public enum LogFormat
{
    /// <summary>A line of text for each event.</summary>
    Text,

    /// <summary>A line of JSON for each event, with its values and scopes (job, operator) by name.</summary>
    Json,
}
