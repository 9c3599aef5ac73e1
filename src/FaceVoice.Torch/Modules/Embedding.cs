namespace FaceVoice.Torch.Modules;

/// <summary>A table of trained rows, looked up by number. Parameter: <c>weight</c> [rows, width].</summary>
public sealed class Embedding : Module<Tensor, Tensor>
{
    internal Embedding(long rows, long width)
        : base(nameof(Embedding))
    {
        weight = new Parameter(torch.empty(rows, width).normal_());
        register_parameter("weight", weight);
    }

    /// <summary>Gets the table, [rows, width].</summary>
    public Parameter weight { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => torch.nn.functional.embedding(input, weight);
}
