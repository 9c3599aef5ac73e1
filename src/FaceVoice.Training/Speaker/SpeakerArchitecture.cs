namespace FaceVoice.Training.Speaker;

/// <summary>The kind of network that is trained.</summary>
public enum SpeakerArchitecture
{
    /// <summary>A small two-dimensional residual network: learns most from few hours. The starter encoder's.</summary>
    ResNet,

    /// <summary>The x-vector network in SpeechBrain's form, whose weights other tools read.</summary>
    XVector,

    /// <summary>ECAPA-TDNN in SpeechBrain's form.</summary>
    Ecapa,
}
