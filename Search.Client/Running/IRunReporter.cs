namespace FasterSeg.Search.Client.Running;

/// <summary>Where the phases of a run tell what they do: a progress bar on a terminal, plain lines elsewhere.</summary>
public interface IRunReporter
{
    /// <summary>A step of a phase is done.</summary>
    /// <param name="phase">E.g. <c>search</c>.</param>
    /// <param name="done">Steps done in all.</param>
    /// <param name="total">Steps of the phase.</param>
    /// <param name="values">What to show beside, e.g. <c>loss 3.21</c>.</param>
    void Step(string phase, int done, int total, string values);

    /// <summary>Something worth a line of its own.</summary>
    void Say(string line);
}
