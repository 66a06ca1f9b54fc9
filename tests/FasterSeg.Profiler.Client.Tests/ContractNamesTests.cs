using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using Xunit;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Client.Tests;

/// <summary>The contract and the tables know the same providers and precisions.</summary>
public sealed class ContractNamesTests
{
    [Fact]
    public void Every_provider_of_the_tables_is_one_of_the_contracts_and_the_other_way_round() =>
        Assert.Equal(
            ExecutionProviders.All.Order(),
            Enum.GetValues<Proto.ExecutionProvider>().Where(one => one != default).Select(ContractNames.NameOf).Order()
        );

    [Fact]
    public void Every_precision_of_the_tables_is_one_of_the_contracts_and_the_other_way_round() =>
        Assert.Equal(
            Precisions.All.Order(),
            Enum.GetValues<Proto.Precision>().Where(one => one != default).Select(ContractNames.NameOf).Order()
        );

    [Fact]
    public void A_name_goes_to_the_contract_and_back()
    {
        Assert.All(ExecutionProviders.All, name => Assert.Equal(name, ContractNames.NameOf(ContractNames.Provider(name))));
        Assert.All(Precisions.All, name => Assert.Equal(name, ContractNames.NameOf(ContractNames.Precision(name))));
    }
}
