namespace FaceVoice.Torch;

/// <summary>What a loss does with its elements. The values are LibTorch's.</summary>
public enum Reduction
{
    /// <summary>Keeps each one.</summary>
    None = 0,

    /// <summary>Takes the mean.</summary>
    Mean = 1,

    /// <summary>Takes the sum.</summary>
    Sum = 2,
}
