namespace FaceVoice.Models.Graph;

/// <summary>A tensor within a graph that is being built: an input, a constant or the output of a node.</summary>
/// <param name="Name">Its name in the graph; empty for an optional input that is left out.</param>
public readonly record struct OnnxValue(string Name)
{
    /// <summary>Stands for an optional input that is left out.</summary>
    public static OnnxValue None { get; } = new("");
}
