using System.Text;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Runs.TensorBoard;
using Xunit;

namespace FasterSeg.Search.Tests.Runs.TensorBoard;

/// <summary>Event files, read back by a reader that shares no code with the writer.</summary>
public sealed class EventLogTests : IDisposable
{
    private const int StepsPerEpoch = 3;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    // RFC 3720, B.4, and the check value of the CRC's catalogue.
    [InlineData("313233343536373839", 0xE3069283u)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AAu)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 0x62A8AB43u)]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", 0x46DD794Eu)]
    public void The_CRC_has_the_published_values(string hex, uint crc)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.Equal(crc, EventFileReader.Crc32C(bytes));
        Assert.Equal(unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8), RecordFraming.MaskedCrc(bytes));
    }

    [Fact]
    public void Scalars_and_pictures_come_back_with_their_steps()
    {
        var picture = new RgbImage(2, 3, [.. Enumerable.Range(0, 18).Select(i => (byte)(10 * i))]);
        using (var log = new EventLog(folder["search"], default, StepsPerEpoch))
        {
            log.AddScalar(new BatchPosition(0, 0), "loss", 0);
            log.AddScalar(new BatchPosition(2, 1), "loss", 1.25);
            log.AddImage(new BatchPosition(2, 2), "student", picture);
        }
        string file = Assert.Single(Directory.GetFiles(folder["search"]));
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(file), StringComparison.Ordinal);

        List<EventFileReader.Entry> events = EventFileReader.Read(file);
        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.True(events[1].Start);
        Assert.Equal([(0, "loss", 0f), (7, "loss", 1.25f)], events[2..4].Select(e => (e.Step, e.Tag!, e.Scalar!.Value)));
        Assert.Equal((8, "student", 2, 3), (events[4].Step, events[4].Tag, events[4].Height, events[4].Width));
        File.WriteAllBytes(folder["back.png"], events[4].Png!);
        Assert.Equal(picture.Pixels, ImageFile.Read(folder["back.png"]).Pixels);
        Assert.All(events, e =>
            Assert.InRange(e.WallTime, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 600, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 600)
        );
    }

    [Fact]
    public void A_phase_that_goes_on_has_each_step_once_and_says_where_it_went_on()
    {
        Steps("search", default, (0, 0), (0, 1), (0, 2), (1, 0), (1, 1));
        Steps("search", new BatchPosition(1, 0), (1, 0), (1, 1), (1, 2));
        Steps("search", new BatchPosition(1, 2), (1, 2));
        List<EventFileReader.Entry> events = EventFileReader.ReadFolder(folder["search"]);
        Assert.Equal([0, 1, 2, 3, 4, 5], events.Where(e => e.Tag is not null).Select(e => e.Step));
        // A TensorBoard that has read the later steps already drops them at the second start and at the third.
        Assert.Equal([0, 3, 5], events.Where(e => e.Start).Select(e => e.Step));
    }

    [Fact]
    public void What_a_crash_left_of_the_last_record_is_gone_when_the_phase_goes_on()
    {
        Steps("search", default, (0, 0), (0, 1), (0, 2));
        string file = Assert.Single(Directory.GetFiles(folder["search"]));
        byte[] whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, whole[..^5]);
        Assert.ThrowsAny<ArgumentException>(() => EventFileReader.Read(file));
        Steps("search", new BatchPosition(0, 2), (0, 2));
        Assert.Equal([0, 1, 2], EventFileReader.ReadFolder(folder["search"]).Where(e => e.Tag is not null).Select(e => e.Step));
    }

    [Fact]
    public void A_record_with_a_wrong_byte_ends_a_file()
    {
        byte[] first = RecordFraming.Frame("first"u8),
            second = RecordFraming.Frame("second"u8);
        byte[] both = [.. first, .. second];
        Assert.Equal(["first", "second"], RecordFraming.Records(both).Select(r => Encoding.UTF8.GetString(both[r])));
        both[first.Length + 13] ^= 1;
        Assert.Equal(["first"], RecordFraming.Records(both).Select(r => Encoding.UTF8.GetString(both[r])));
        // A length that is absurd, with the right CRC.
        byte[] absurd = [.. RecordFraming.Frame([]).AsSpan(0, 12), .. new byte[8]];
        absurd.AsSpan(0, 8).Fill(0xFF);
        BitConverter.TryWriteBytes(absurd.AsSpan(8), RecordFraming.MaskedCrc(absurd.AsSpan(0, 8)));
        Assert.Empty(RecordFraming.Records(absurd));
    }

    [Fact]
    public void A_phase_that_begins_anew_leaves_nothing_of_the_earlier_one()
    {
        Steps("train_student", default, (0, 0), (0, 1));
        Steps("train_student", default, (0, 0));
        Assert.Single(Directory.GetFiles(folder["train_student"]));
        Assert.Single(EventFileReader.ReadFolder(folder["train_student"]), e => e.Tag is not null);
    }

    [Fact]
    public void The_scalars_of_a_run_are_in_its_CSV_and_in_its_phases_event_files()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        foreach (string phase in new[] { "pretrain", "search" })
        {
            using ScalarLog log = ScalarLog.Open(run, phase, default, StepsPerEpoch);
            log.Add(phase, new BatchPosition(1, 2), "loss", 0.1);
            // While the log is open: TensorBoard watches a training.
            EventFileReader.Entry scalar = Assert.Single(EventFileReader.ReadFolder(Path.Combine(run.Path, "tensorboard", phase)), e =>
                e.Tag is not null
            );
            Assert.Equal((5, "loss", 0.1f), (scalar.Step, scalar.Tag, scalar.Scalar));
        }
        Assert.Equal(["phase,epoch,step,name,value", "pretrain,1,2,loss,0.1", "search,1,2,loss,0.1"], File.ReadAllLines(run.Scalars));
    }

    private void Steps(string phase, BatchPosition keep, params (int Epoch, int Step)[] steps)
    {
        using var log = new EventLog(folder[phase], keep, StepsPerEpoch);
        foreach (var (epoch, step) in steps)
            log.AddScalar(new BatchPosition(epoch, step), "loss", step);
    }
}
