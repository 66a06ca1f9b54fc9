using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Client.Tests.Commands;
using k8s;
using k8s.Models;
using Xunit;
using YamlDotNet.Core;

namespace FasterSeg.Search.Client.Tests.Deploying;

/// <summary>The Job of docs/kubernetes, as Kubernetes' own client for .NET reads it: that refuses names and values that the API
/// lacks.</summary>
public sealed class KubernetesJobTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "kubernetes", "sweep-job.yaml"));

    [Fact]
    public void It_is_an_Indexed_Job_of_batch_v1_as_the_API_has_it()
    {
        V1Job job = Read(Text);
        Assert.Equal(("batch/v1", "Job"), (job.ApiVersion, job.Kind));
        V1JobSpec spec = job.Spec;
        // What the API server asks of one beyond the schema: an Indexed Job has a number, a limit for each index and an action for one
        // index are an Indexed Job's, and a policy on failures needs pods that are not restarted in place.
        Assert.Equal("Indexed", spec.CompletionMode);
        Assert.True(spec.Completions >= spec.Parallelism);
        Assert.NotNull(spec.BackoffLimitPerIndex);
        Assert.Equal("Never", spec.Template.Spec.RestartPolicy);
        V1Container container = Assert.Single(spec.Template.Spec.Containers);
        Assert.All(spec.PodFailurePolicy.Rules, rule => Assert.Contains(rule.Action, (string[])["Ignore", "FailIndex"]));
        V1PodFailurePolicyOnExitCodesRequirement refused = Assert
            .Single(spec.PodFailurePolicy.Rules, rule => rule.OnExitCodes is not null)
            .OnExitCodes;
        Assert.Equal((container.Name, "In"), (refused.ContainerName, refused.OperatorProperty));
        Assert.Equal([ExitCodes.WrongUsage], refused.Values);
        Assert.Equal(spec.Template.Spec.Volumes.Select(volume => volume.Name), container.VolumeMounts.Select(mount => mount.Name));
    }

    [Fact]
    public async Task Its_pods_give_the_command_of_one_chain()
    {
        V1Container container = Read(Text).Spec.Template.Spec.Containers[0];
        Assert.Equal("fasterseg", Path.GetFileName(Assert.Single(container.Command)));
        Assert.Equal("$(JOB_COMPLETION_INDEX)", container.Args[^1]);
        // The words are right: only the sweep is not there.
        var (code, _, error) = await Shell.RunAsync([.. container.Args.SkipLast(1), "0"]);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.StartsWith("error: /sweeps/my-sweep holds no sweep", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("completionMode:", "completionmode:")]
    [InlineData("backoffLimitPerIndex: 3", "backoffLimitPerIndex: three")]
    [InlineData("    spec:\n      restartPolicy", "    specs:\n      restartPolicy")]
    [InlineData("onExitCodes:", "onExitCode:")]
    [InlineData("claimName: sweeps", "claim: sweeps")]
    public void A_slip_in_it_would_be_found(string right, string wrong)
    {
        Assert.Contains(right, Text, StringComparison.Ordinal);
        Assert.ThrowsAny<YamlException>(() => Read(Text.Replace(right, wrong, StringComparison.Ordinal)));
    }

    private static V1Job Read(string text) => KubernetesYaml.Deserialize<V1Job>(text, strict: true);
}
