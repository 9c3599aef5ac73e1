namespace FaceVoice.Datasets.Features;

/// <summary>What the people of a part of a data set are for.</summary>
public enum SplitPart
{
    /// <summary>Weights are learnt from them.</summary>
    Train,

    /// <summary>The best epoch, the calibration and the thresholds are chosen on them.</summary>
    Validation,

    /// <summary>Nothing is chosen on them; figures are reported on them.</summary>
    Test,
}
