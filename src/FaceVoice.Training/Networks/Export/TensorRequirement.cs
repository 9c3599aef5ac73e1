namespace FaceVoice.Training.Networks.Export;

/// <summary>A tensor that an architecture needs.</summary>
/// <param name="Name">Its name in the state dict.</param>
/// <param name="Shape">Its shape.</param>
internal sealed record TensorRequirement(string Name, params long[] Shape)
{
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}
