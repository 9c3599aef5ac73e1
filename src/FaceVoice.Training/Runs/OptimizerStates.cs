using System.Globalization;
using FaceVoice.Models;
using FaceVoice.Training.Networks;

namespace FaceVoice.Training.Runs;

/// <summary>
/// What an optimiser remembers, by name: <c>state.{parameter}.step</c>, <c>.exp_avg</c> and <c>.exp_avg_sq</c> (AdamW) or <c>.momentum_buffer</c> (SGD),
/// where the parameter is its place in the optimiser. Rates and weight decay are not part of it: they follow from the run's settings.
/// </summary>
internal static class OptimizerStates
{
    private const string State = "state";

    /// <summary>Checkpoints of earlier versions name rates and decay as well.</summary>
    private const string Group = "group";

    public static IEnumerable<NamedTensor> SaveState(this OptimizerHelper optimizer, string prefix)
    {
        List<OptimizerState> states = optimizer.state_dict().State;
        for (int n = 0; n < states.Count; n++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{State}.{n}.");
            switch (states[n])
            {
                case AdamW.State { step: > 0 } adam:
                    yield return new NamedTensor(name + "step", [], new[] { adam.step });
                    yield return adam.exp_avg.ToNamedTensor(name + "exp_avg");
                    yield return adam.exp_avg_sq.ToNamedTensor(name + "exp_avg_sq");
                    break;
                case SGD.State { momentum_buffer: { } momentum }:
                    yield return momentum.ToNamedTensor(name + "momentum_buffer");
                    break;
            }
        }
    }

    /// <summary>Takes over what <see cref="SaveState"/> gave: the next step equals that of the optimiser it came from, bit for bit.</summary>
    /// <exception cref="ModelFormatException">A name is unknown, or a shape is not the parameter's.</exception>
    public static void LoadState(this OptimizerHelper optimizer, IReadOnlyDictionary<string, NamedTensor> saved)
    {
        using DisposeScope scope = NewDisposeScope();
        using var mode = no_grad();
        List<OptimizerState> states = optimizer.state_dict().State;
        Parameter[] parameters = [.. optimizer.parameters()];
        foreach ((string name, NamedTensor value) in saved)
        {
            string[] parts = name.Split('.');
            if (parts[0] == Group)
            {
                continue;
            }

            bool understood = parts is [State, _, _]
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int place) && place < states.Count
                && Load(states[place], parts[2], value, parameters[place]);
            if (!understood)
            {
                throw new ModelFormatException($"'{name}' has no place in the optimiser: the checkpoint is of another network or another optimiser.");
            }
        }
    }

    private static bool Load(OptimizerState state, string what, NamedTensor value, Parameter parameter)
    {
        if (what == "step")
        {
            if (state is AdamW.State counted)
            {
                counted.step = value.Integers.Span[0];
            }

            return true;
        }

        if (!value.Shape.SequenceEqual(parameter.shape))
        {
            return false;
        }

        switch (state, what)
        {
            case (AdamW.State adam, "exp_avg"):
                adam.exp_avg.copy_(value.ToTensor());
                return true;
            case (AdamW.State adam, "exp_avg_sq"):
                adam.exp_avg_sq.copy_(value.ToTensor());
                return true;
            case (SGD.State sgd, "momentum_buffer"):
                sgd.momentum_buffer?.Dispose();
                sgd.momentum_buffer = value.ToTensor().to(parameter.device).DetachFromDisposeScope();
                return true;
            default:
                return false;
        }
    }
}
