using FaceVoice.Models;

namespace FaceVoice.Testing.Models;

/// <summary>Fills tensors with uniform noise of the size that keeps activations in range.</summary>
internal sealed class WeightMaker(int seed)
{
    private readonly Random _random = new(seed);
    private readonly OrderedDictionary<string, NamedTensor> _tensors = [];

    public IReadOnlyDictionary<string, NamedTensor> Tensors => _tensors;

    public void Layer(string prefix, int outputs, int inputs, params long[] kernel)
    {
        var fan = inputs * kernel.Aggregate(1L, (product, size) => product * size);
        Add(prefix + ".weight", [outputs, inputs, .. kernel], 0, Math.Sqrt(3.0 / fan));
        Add(prefix + ".bias", [outputs], 0, 0.1);
    }

    public void BatchNorm(string prefix, int width)
    {
        Norm(prefix, width);
        Add(prefix + ".running_mean", [width], 0.2, 0.2);
        Add(prefix + ".running_var", [width], 1, 0.5);
    }

    public void Norm(string prefix, int width)
    {
        Add(prefix + ".weight", [width], 1, 0.2);
        Add(prefix + ".bias", [width], 0, 0.2);
    }

    private void Add(string name, long[] shape, double centre, double spread)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(centre + (spread * ((2 * _random.NextDouble()) - 1)));
        }

        _tensors.Add(name, new NamedTensor(name, shape, values));
    }
}
