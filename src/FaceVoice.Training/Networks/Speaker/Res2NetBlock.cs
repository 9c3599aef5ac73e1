namespace FaceVoice.Training.Networks.Speaker;

/// <summary>Cuts the channels into groups; each but the first is convolved together with the result of the one before it.</summary>
internal sealed class Res2NetBlock : Module<Tensor, Tensor>
{
    private readonly ModuleList<TdnnBlock> _blocks;

    public Res2NetBlock(int channels, int kernel, int dilation, int scale)
        : base(nameof(Res2NetBlock))
    {
        int width = channels / scale;
        _blocks = register_module(
            "blocks",
            nn.ModuleList([.. Enumerable.Range(0, scale - 1).Select(_ => new TdnnBlock(width, width, kernel, dilation))]));
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] groups = input.chunk(_blocks.Count + 1, 1);
        Tensor[] results = new Tensor[groups.Length];
        results[0] = groups[0];
        for (int n = 1; n < groups.Length; n++)
        {
            Tensor given = n == 1 ? groups[n] : groups[n] + results[n - 1];
            results[n] = _blocks[n - 1].forward(given);
        }

        return scope.MoveToOuter(cat(results, 1));
    }
}
