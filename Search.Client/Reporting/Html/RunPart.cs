namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>The sections of a run's page.</summary>
public enum RunPart
{
    /// <summary>Figures and verdict at the top.</summary>
    Summary,

    /// <summary>The derived networks, with the table's estimates.</summary>
    Networks,

    /// <summary>Table against measurement.</summary>
    Measurement,

    /// <summary>How far sets of shared weights agree.</summary>
    Agreement,

    /// <summary>Networks from fast to slow by shared weights.</summary>
    Front,

    /// <summary>IoU of each class.</summary>
    Evaluation,

    /// <summary>What is taken for what.</summary>
    Confusion,

    /// <summary>Images beside predictions.</summary>
    Examples,

    /// <summary>The scalars.</summary>
    Curves,

    /// <summary>Pictures that the run logged.</summary>
    Logged,

    /// <summary>What the run was made with.</summary>
    Configuration,
}
