using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Store;

public sealed class DeviceStoreTests : IDisposable
{
    private static readonly TableIdentity Identity = new(
        "card",
        "GPU-1",
        "6.1",
        "580.1",
        "tensorrt",
        "1.17.3",
        "8.6.1",
        "8.9",
        "fp32",
        1,
        1,
        "median"
    );

    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-devices-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_new_device_and_one_that_is_as_it_was_are_nothing_to_tell_of()
    {
        Assert.Null(Store().Note(Identity));
        Assert.Null(Store().Note(Identity));
        Assert.Null(Store().Note(Identity with { DeviceUuid = "GPU-2" }));
    }

    [Fact]
    public void Another_driver_than_last_time_is_told()
    {
        Store().Note(Identity);
        Assert.Equal("the driver is '580.1' in one and '581.0' in the other", Store().Note(Identity with { Driver = "581.0" }));
        Assert.Null(Store().Note(Identity with { Driver = "581.0" }));
    }

    private DeviceStore Store() =>
        new(new ProfilerDatabase(folder, NullLogger<ProfilerDatabase>.Instance), TimeProvider.System, NullLogger<DeviceStore>.Instance);
}
