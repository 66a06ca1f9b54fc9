using System.Text.Json.Nodes;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Bench.Ranking;

/// <summary>A network whose quality is to be known, with what can be said of it without training it.</summary>
/// <param name="Name">Unique, e.g. <c>b0-17</c>: band and place in it.</param>
/// <param name="Band">0 is the band that the search aims at; 1 to 4 lie around it.</param>
/// <param name="Draw">The seed from which <see cref="RandomArchitectures.Draw"/> makes it; 0 where a search chose it.</param>
/// <param name="Pair">Its branches' ends, for people.</param>
/// <param name="EstimateMs">By the table of the draw.</param>
/// <param name="Multiplications">For one picture of the space's size.</param>
/// <param name="Parameters">Trainable ones, without auxiliary heads.</param>
/// <param name="Convolutions">Convolutions in its cells: the deeper the network, the more.</param>
/// <param name="Chosen">What a search chose, as <see cref="DerivedArchitectureJson"/> has it; null where <paramref name="Draw"/> makes
/// it.</param>
internal sealed record RankedNetwork(
    string Name,
    int Band,
    int Draw,
    string Pair,
    double EstimateMs,
    double Multiplications,
    long Parameters,
    int Convolutions,
    JsonNode? Chosen = null
)
{
    /// <summary>Describes a random network of the space.</summary>
    public static RankedNetwork Of(string name, int band, int draw, SearchSpace space, LatencyTable table) =>
        Of(name, band, RandomArchitectures.Draw(space, Role.Student, draw), space, table) with
        {
            Draw = draw,
            Chosen = null,
        };

    /// <summary>Describes a network that a search chose.</summary>
    /// <exception cref="UserErrorException">It is none of the space.</exception>
    public static RankedNetwork Of(string name, int band, DerivedArchitecture architecture, SearchSpace space, LatencyTable table)
    {
        NetworkPlan plan = NetworkPlan.Of(architecture, space);
        NetworkCost cost = NetworkCost.Of(plan);
        return new(
            name,
            band,
            0,
            architecture.Pair,
            NetworkEstimate.Of(table, plan).TotalMs,
            cost.MultiplyAdds,
            cost.Parameters,
            plan.Parts.Where(part => part.Layer is not null).Sum(part => OperatorWeightShapes.Of(part.Spec).Count),
            JsonNode.Parse(DerivedArchitectureJson.Write(architecture))
        );
    }

    /// <summary>The network itself.</summary>
    public DerivedArchitecture Architecture(SearchSpace space) =>
        Chosen is null
            ? RandomArchitectures.Draw(space, Role.Student, Draw)
            : DerivedArchitectureJson.Read(Chosen.ToJsonString(), $"The network {Name}");
}
