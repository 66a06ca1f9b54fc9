using System.Text.Json;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>How .NET runs the built programs.</summary>
public class RuntimeTests
{
    /// <summary>A web application has a collector with threads for every core unless it says otherwise, and they would disturb what is
    /// measured.</summary>
    [Fact]
    public void The_profiler_has_a_collector_without_threads_of_its_own()
    {
        using JsonDocument settings = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(Programs.Profiler, ".runtimeconfig.json")));
        JsonElement properties = settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        Assert.False(properties.GetProperty("System.GC.Server").GetBoolean());
        Assert.False(properties.GetProperty("System.GC.Concurrent").GetBoolean());
    }
}
