using FaceVoice.Models;
using FaceVoice.Training.Networks;

namespace FaceVoice.Training.Heads;

/// <summary>An exponential running mean of weights; with few updates behind it, it follows faster (decay at most (1 + n) / (10 + n)).</summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly Parameter[] _parameters;
    private readonly Tensor[] _means;
    private readonly double _decay;
    private long _updates;

    public WeightAverage(IEnumerable<Parameter> parameters, double decay)
    {
        using var mode = no_grad();
        _decay = decay;
        _parameters = [.. parameters];
        _means = [.. _parameters.Select(parameter => parameter.detach().clone().DetachFromDisposeScope())];
    }

    public void Update()
    {
        using var mode = no_grad();
        _updates++;
        var decay = Math.Min(_decay, (1.0 + _updates) / (10.0 + _updates));
        for (var i = 0; i < _means.Length; i++)
        {
            _means[i].lerp_(_parameters[i].detach(), 1 - decay);
        }
    }

    /// <summary>Puts the mean into the weights until disposed.</summary>
    public IDisposable Use() => new Exchange(this);

    public IEnumerable<NamedTensor> Save(string prefix) =>
        _means.Select((mean, i) => mean.ToNamedTensor($"{prefix}{i}")).Append(new($"{prefix}updates", [1], new[] { _updates }));

    public void Load(string prefix, IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        for (var i = 0; i < _means.Length; i++)
        {
            _means[i].copy_(tensors[$"{prefix}{i}"].ToTensor());
        }

        _updates = tensors[$"{prefix}updates"].Integers.Span[0];
    }

    public void Dispose()
    {
        foreach (var mean in _means)
        {
            mean.Dispose();
        }
    }

    private void Swap()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        for (var i = 0; i < _means.Length; i++)
        {
            var weights = _parameters[i].detach();
            var before = weights.clone();
            weights.copy_(_means[i]);
            _means[i].copy_(before);
        }
    }

    private sealed class Exchange : IDisposable
    {
        private readonly WeightAverage _owner;

        public Exchange(WeightAverage owner)
        {
            _owner = owner;
            _owner.Swap();
        }

        public void Dispose() => _owner.Swap();
    }
}
