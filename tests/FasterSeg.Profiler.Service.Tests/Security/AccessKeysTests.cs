using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Security;

namespace FasterSeg.Profiler.Service.Tests.Security;

public sealed class AccessKeysTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-keys-").FullName;

    private string File => Path.Combine(folder, "keys");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_key_is_known_by_its_owner_and_not_in_the_file()
    {
        (string anna, string annasLine) = AccessKeys.New("anna");
        (string ben, string bensLine) = AccessKeys.New("ben");
        System.IO.File.WriteAllText(File, $"# the lab\n{annasLine}\n\n  {bensLine}  operator\r\n");
        AccessKeys keys = AccessKeys.Load(File);
        Assert.Equal((new("anna"), new("ben", Caller.OperatorRole)), (keys.OwnerOf(anna), keys.OwnerOf(ben)));
        Assert.Null(keys.OwnerOf(anna + "x"));
        Assert.Null(keys.OwnerOf(""));
        Assert.DoesNotContain(anna, System.IO.File.ReadAllText(File), StringComparison.Ordinal);
        Assert.True(anna.Length >= 43);
    }

    [Fact]
    public void A_byte_order_mark_belongs_to_no_key()
    {
        (string anna, string line) = AccessKeys.New("anna");
        System.IO.File.WriteAllText(File, line, System.Text.Encoding.UTF8);
        Assert.Equal("anna", AccessKeys.Load(File).OwnerOf(anna)?.Name);
        System.IO.File.WriteAllText(File, line, System.Text.Encoding.Unicode);
        Assert.Contains(
            "is text in UTF-16 or UTF-32, and only UTF-8 is read",
            Assert.Throws<UserErrorException>(() => AccessKeys.Load(File)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("", "no access key")]
    [InlineData("# nothing", "no access key")]
    [InlineData("anna 1234", "line 1 is no access key")]
    [InlineData("anna", "line 1 is no access key")]
    [InlineData("anna 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef king", "the only one is 'operator'")]
    public void A_file_without_a_usable_key_is_refused(string text, string expected)
    {
        System.IO.File.WriteAllText(File, text);
        Assert.Contains(expected, Assert.Throws<UserErrorException>(() => AccessKeys.Load(File)).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(""), InlineData("two words"), InlineData("#x")]
    public void A_name_of_several_words_is_none(string name) => Assert.Throws<UsageException>(() => AccessKeys.New(name));
}
