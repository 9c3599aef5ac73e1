using System.Numerics;
using System.Runtime.InteropServices;

namespace FaceVoice.Training.Networks;

/// <summary>
/// What happens between the backward pass and the next batch: the gradients' norms, clipping, the optimisers' step. On the processor
/// AdamW's update is
/// one pass over each parameter; TorchSharp's own takes a dozen, each a tensor of its own, which cost a third of a step of small networks.
/// </summary>
/// <param name="parameters">All parameters with the part of the model that each is of.</param>
/// <param name="optimizers">Whose parameters these are; not disposed here.</param>
internal sealed class GradientStep((string Part, Parameter Parameter)[] parameters, params OptimizerHelper[] optimizers)
{
    private readonly bool _isOnHost = parameters.All(entry => entry.Parameter is { device_type: DeviceType.CPU, dtype: ScalarType.Float32 });

    /// <summary>The gradients' squared norms by part; not finite where one of the part's numbers is not.</summary>
    public Dictionary<string, double> SquaredNorms()
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, double> squares = [];
        foreach ((string part, Parameter parameter) in parameters)
        {
            squares[part] = squares.GetValueOrDefault(part) + (parameter.grad is { } gradient ? SquaredNorm(gradient) : 0);
        }

        return squares;
    }

    /// <summary>Makes the optimisers' step with gradients that are clipped to a norm.</summary>
    /// <param name="norm">The norm of all gradients, finite.</param>
    /// <param name="most">What it is brought down to; 0 for no limit.</param>
    public void Apply(double norm, double most)
    {
        using DisposeScope scope = NewDisposeScope();
        using var mode = no_grad();
        double scale = most > 0 ? Math.Min(1, most / (norm + 1e-6)) : 1;
        if (_isOnHost && optimizers.All(optimizer => optimizer is AdamW))
        {
            foreach (OptimizerHelper optimizer in optimizers)
            {
                Update((AdamW)optimizer, (float)scale);
            }

            return;
        }

        foreach ((_, Parameter parameter) in parameters.Where(_ => scale < 1))
        {
            parameter.grad?.mul_(scale);
        }

        foreach (OptimizerHelper optimizer in optimizers)
        {
            optimizer.step();
        }
    }

    private double SquaredNorm(Tensor gradient)
    {
        if (_isOnHost && gradient.is_contiguous())
        {
            return System.Numerics.Tensors.TensorPrimitives.SumOfSquares<float>(Values(gradient));
        }

        double norm = gradient.norm().ToDouble();
        return norm * norm;
    }

    private static void Update(AdamW optimizer, float scale)
    {
        Parameter[] parameters = [.. optimizer.parameters()];
        List<OptimizerState> states = optimizer.state_dict().State;
        var group = (AdamW.ParamGroup)optimizer.ParamGroups.Single();
        AdamW.Options options = group.Options;
        (double beta1, double beta2) = (options.beta1!.Value, options.beta2!.Value);
        for (int n = 0; n < parameters.Length; n++)
        {
            if (parameters[n].grad is not { } gradient)
            {
                continue;
            }

            var state = (AdamW.State)states[n];
            state.step++;
            double deviation = 1 / Math.Sqrt(1 - Math.Pow(beta2, state.step));
            Update(
                Values(parameters[n]), Values(gradient.contiguous()), Values(state.exp_avg), Values(state.exp_avg_sq), scale, (float)beta1, (float)beta2,
                (float)(1 - (group.LearningRate * options.weight_decay!.Value)), (float)(group.LearningRate / (1 - Math.Pow(beta1, state.step))), (float)deviation, (float)options.eps!.Value);
        }
    }

    /// <summary>Loshchilov and Hutter's algorithm 2, as PyTorch orders it: decay, then the step.</summary>
    private static void Update(
        Span<float> weights, ReadOnlySpan<float> gradients, Span<float> means, Span<float> squares, float scale, float beta1, float beta2, float decay, float rate, float deviation, float epsilon)
    {
        Span<Vector<float>> w = MemoryMarshal.Cast<float, Vector<float>>(weights);
        ReadOnlySpan<Vector<float>> g = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        Span<Vector<float>> m = MemoryMarshal.Cast<float, Vector<float>>(means);
        Span<Vector<float>> s = MemoryMarshal.Cast<float, Vector<float>>(squares);
        Vector<float> floor = new(epsilon);
        for (int i = 0; i < w.Length; i++)
        {
            Vector<float> gradient = g[i] * scale;
            m[i] = (m[i] * beta1) + (gradient * (1 - beta1));
            s[i] = (s[i] * beta2) + (gradient * gradient * (1 - beta2));
            w[i] = (w[i] * decay) - (m[i] * rate / ((Vector.SquareRoot(s[i]) * deviation) + floor));
        }

        for (int i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            float gradient = gradients[i] * scale;
            means[i] = (means[i] * beta1) + (gradient * (1 - beta1));
            squares[i] = (squares[i] * beta2) + (gradient * gradient * (1 - beta2));
            weights[i] = (weights[i] * decay) - (means[i] * rate / ((MathF.Sqrt(squares[i]) * deviation) + epsilon));
        }
    }

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
