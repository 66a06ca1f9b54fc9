using System.Text.Json.Serialization;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Client;

/// <summary>Section <c>measuring</c>: what is asked of the profiler. Zero or empty takes the service's default.</summary>
public sealed class MeasuringOptions
{
    /// <summary>One of <see cref="FasterSeg.Latency.Tables.ExecutionProviders"/>.</summary>
    public string Provider { get; set; } = ExecutionProviders.Cpu;

    /// <summary><c>fp32</c>, <c>fp16</c> or <c>int8</c>.</summary>
    public string Precision { get; set; } = Precisions.Fp32;

    /// <summary>CPU threads of a session.</summary>
    [Unit("threads")]
    public int Threads { get; set; } = 1;

    /// <summary>Images in a batch.</summary>
    [Unit("images")]
    public int BatchSize { get; set; } = 1;

    /// <summary>Stop when the 95 % half-width of the median is within this share of it.</summary>
    public double RelativeHalfWidth { get; set; }

    /// <summary>Fewest samples of an operator.</summary>
    [Unit("samples")]
    public int MinimumSamples { get; set; }

    /// <summary>Time cap of an operator or network, seconds.</summary>
    [Unit("s")]
    public double MaximumSeconds { get; set; }

    /// <summary>How often an operator or network is opened anew and sampled.</summary>
    [Unit("sessions")]
    public int Sessions { get; set; }

    /// <summary>Whether the device's caches are emptied before each run.</summary>
    public bool ColdCaches { get; set; }

    /// <summary>How long a new table waits, in all, for a device that nobody else uses, seconds; 0 does not wait, null is the service's
    /// default, and is not written: files without it are those of before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Unit("s")]
    public double? QuietSeconds { get; set; }

    /// <summary>Whether a new table is corrected by a dozen whole networks, measured at the end of its job; null is true, and is not
    /// written: files without it are those of before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Networks { get; set; }
}
