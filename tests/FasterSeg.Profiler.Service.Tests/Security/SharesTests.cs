using FasterSeg.Profiler.Service.Security;

namespace FasterSeg.Profiler.Service.Tests.Security;

public sealed class SharesTests
{
    [Fact]
    public void A_client_alone_gets_half_and_one_that_comes_anew_always_something()
    {
        var shares = new Shares(1000);
        Assert.Equal(500, TakeAll("anna"));
        Assert.Equal(250, TakeAll("bert"));
        Assert.Equal(125, TakeAll("carl"));
        Assert.True(shares.TryTake("dora", 1));
        shares.Return("anna", 500);
        Assert.Equal(0, shares.Of("anna"));
        Assert.Equal(376, shares.Total);
        // What one gives back the others may have.
        Assert.True(shares.TryTake("bert", 100));

        int TakeAll(string client)
        {
            int taken = 0;
            while (shares.TryTake(client, 1))
                taken++;
            return taken;
        }
    }
}
