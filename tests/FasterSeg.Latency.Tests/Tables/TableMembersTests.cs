using System.Text;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Tables;

public sealed class TableMembersTests
{
    private static readonly TableMember First = new("lab-1", Samples.Identity.DeviceUuid, 1, 0);
    private static readonly TableMember Second = new("lab-2", Samples.OtherUuid, 1.015625, 0);

    [Fact]
    public void Cards_and_factors_through_json_stay()
    {
        LatencyTable table = Samples.OfTwoCards();

        LatencyTable read = LatencyTableJson.Parse(LatencyTableJson.Serialize(table), "T.json");

        Assert.Equal(table.Entries, read.Entries);
        Assert.Equal(table.Members, read.Members);
        Assert.Equal(LatencyTableJson.HashOf(table), LatencyTableJson.HashOf(read));
    }

    [Fact]
    public void A_cards_entry_by_itself_through_json_stays() =>
        Assert.All(Samples.OfTwoCards().Entries, entry =>
            Assert.Equal(entry, LatencyTableJson.ParseEntry(LatencyTableJson.SerializeEntry(entry), "e"))
        );

    [Fact]
    public void A_table_of_one_card_names_no_cards()
    {
        string json = Encoding.UTF8.GetString(LatencyTableJson.Serialize(Samples.Corrected()));

        Assert.DoesNotContain("\"device\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("\"factor\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("\"members\"", json, StringComparison.Ordinal);
    }

    /// <summary>Tables that were written before there were cards.</summary>
    [Fact]
    public void Tables_of_the_repository_are_written_byte_for_byte_as_they_are()
    {
        string[] files =
        [
            .. Directory
                .GetFiles(Path.Combine(RepositoryRoot.Path, "luts"), "*.json")
                .Where(file => File.ReadAllText(file).Contains("\"entries\": [", StringComparison.Ordinal)),
        ];
        Assert.True(files.Length >= 5);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(file), LatencyTableJson.Serialize(LatencyTableJson.Load(file))));
    }

    [Theory]
    [InlineData("\"entries\":3", "\"entries\":2", "T.json: the member 'lab-2' has 3 entries and is said to have 2: ")]
    [InlineData("\"factor\":1,", "\"factor\":2,", "T.json: the factor of the identity's own card is 2, not 1: ")]
    [InlineData(
        "\"factor\":1.015625,\"id\"",
        "\"factor\":0,\"id\"",
        "T.json: the factor of the member 'lab-2' is 0, not a positive number: "
    )]
    [InlineData("\"uuid\":\"cpu-0\"", "\"uuid\":\"cpu-2\"", "T.json: none of its members is the card of the identity, 'cpu-0': ")]
    [InlineData("\"uuid\":\"cpu-1\"", "\"uuid\":\"cpu-0\"", "T.json: 'cpu-0' is the name of two members: ")]
    [InlineData("\"id\":\"lab-2\"", "\"id\":\"lab-1\"", "T.json: 'lab-1' is the name of two members: ")]
    [InlineData("\"uuid\":\"cpu-1\"", "\"uuid\":\"\"", "T.json: a member has no id or no uuid: ")]
    [InlineData("\"id\":\"lab-2\"", "\"name\":\"lab-2\"", "T.json: member 2: 'id' is missing: ")]
    [InlineData("\"id\":\"lab-2\"", "\"id\":\"lab-2\",\"ms\":1", "T.json: member 2: 'ms' is unknown in this format: ")]
    [InlineData("\"members\": [", "\"members\": [], \"others\": [", "T.json: 'members' is no list of cards: ")]
    [InlineData("\"device\":\"lab-2\"", "\"device\":\"lab-3\"", "T.json: the member 'lab-2' has 2 entries and is said to have 3: ")]
    public void A_fault_of_the_cards_is_named(string text, string edit, string message) => Refused(text, edit, message);

    [Theory]
    [InlineData("\"device\":\"lab-2\",\"factor\":1.015625", "\"factor\":1.015625", "it has a card's factor and names no card: ")]
    [InlineData("\"device\":\"lab-2\",\"factor\":1.015625", "\"device\":\"\",\"factor\":1", "its card's name is empty: ")]
    [InlineData("\"factor\":1.015625,\"key\"", "\"factor\":-1,\"key\"", "its card's factor is -1, not a positive number: ")]
    public void A_fault_of_an_entrys_card_is_named(string text, string edit, string message) =>
        Refused(text, edit, $"T.json: entry 3 'conv h8 w16 c24-24 s1': {message}");

    [Fact]
    public void An_entry_that_nobody_measured_is_no_cards() =>
        Assert.Contains(
            "it names the card 'lab-2' and was not measured",
            Assert
                .Throws<ArgumentException>(() =>
                    LatencyTableJson.SerializeEntry(LatencyEntry.Defined(Samples.Key("skip h8 w16 c16-16 s1")) with { Device = "lab-2" })
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_table_whose_entry_is_of_no_member_is_not_written()
    {
        LatencyEntry stray = Samples.Measured("conv h8 w16 c16-24 s1", 1) with { Device = "lab-2" };
        var table = new LatencyTable(Samples.Identity, null, [stray], Samples.Created);
        Assert.Equal(
            "The table cannot be written: entry 'conv h8 w16 c16-24 s1' is of the card 'lab-2', which is none of the table's members.",
            Assert.Throws<ArgumentException>(() => LatencyTableJson.Serialize(table)).Message
        );
    }

    [Fact]
    public void Members_are_the_cards_that_have_entries_and_the_identitys_first()
    {
        LatencyEntry other = Samples.Measured("conv h8 w16 c16-16 s1", 1) with { Device = "lab-2" };
        LatencyEntry defined = LatencyEntry.Defined(Samples.Key("skip h8 w16 c16-16 s1"));
        TableMember idle = new("lab-0", "cpu-9", 1.1, 0);

        Assert.Equal(
            [First with { Entries = 0 }, Second with { Entries = 1 }],
            TableMembers.Of(Samples.Identity, [other, defined], [idle, Second, First])
        );
        Assert.Empty(TableMembers.Of(Samples.Identity, [Samples.Measured("conv h8 w16 c16-16 s1", 1)], [idle, Second, First]));
    }

    [Fact]
    public void With_keeps_the_cards() =>
        Assert.Equal(Samples.OfTwoCards().Members, Samples.OfTwoCards().With(Samples.Corrected().Correction).Members);

    [Fact]
    public void Merge_counts_each_cards_entries_anew()
    {
        LatencyTable shared = Samples.OfTwoCards();
        var later = new LatencyTable(
            Samples.Identity,
            Samples.Space,
            [Samples.Measured("conv h8 w16 c24-16 s1", 0.61), Samples.Measured("conv h8 w16 c24-48 s1", 0.9)],
            Samples.Created.AddHours(1)
        );

        LatencyTable merged = LatencyTable.Merge(shared, later);

        Assert.Equal([First with { Entries = 3 }, Second with { Entries = 2 }], merged.Members);
        Assert.Equal(merged.Members, LatencyTableJson.Parse(LatencyTableJson.Serialize(merged), "T.json").Members);
    }

    [Fact]
    public void Merge_that_leaves_nothing_of_the_other_card_names_none()
    {
        LatencyTable shared = Samples.OfTwoCards();
        var later = new LatencyTable(
            Samples.Identity,
            Samples.Space,
            shared.Entries.Where(entry => entry.Device is not null).Select(entry => Samples.Measured(entry.Spec.ToString(), 1)),
            Samples.Created.AddHours(1)
        );

        LatencyTable merged = LatencyTable.Merge(later, shared);

        Assert.Empty(merged.Members);
        _ = LatencyTableJson.Serialize(merged);
    }

    [Fact]
    public void Merge_of_two_cards_of_one_name_is_refused()
    {
        LatencyTable shared = Samples.OfTwoCards();
        var other = new LatencyTable(
            Samples.Identity,
            Samples.Space,
            [Samples.Measured("conv h8 w16 c24-48 s1", 1) with { Device = "lab-2" }],
            Samples.Created.AddHours(1),
            members: [First, new("lab-2", "cpu-7", 1, 1)]
        );
        Assert.Contains(
            "'lab-2' (cpu-1) in one and 'lab-2' (cpu-7) in the other",
            Assert.Throws<UserErrorException>(() => LatencyTable.Merge(shared, other)).Message,
            StringComparison.Ordinal
        );
    }

    private static void Refused(string text, string edit, string message)
    {
        string json = Encoding.UTF8.GetString(LatencyTableJson.Serialize(Samples.OfTwoCards()));
        int at = json.IndexOf(text, StringComparison.Ordinal);
        Assert.True(at >= 0, $"The sample has no {text}.");
        byte[] edited = Encoding.UTF8.GetBytes($"{json[..at]}{edit}{json[(at + text.Length)..]}");
        Assert.StartsWith(
            message,
            Assert.Throws<UserErrorException>(() => LatencyTableJson.Parse(edited, "T.json")).Message,
            StringComparison.Ordinal
        );
    }
}
