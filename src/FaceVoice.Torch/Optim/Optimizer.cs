using System.Globalization;
using FaceVoice.Torch.Modules;

namespace FaceVoice.Torch.Optim;

/// <summary>Changes parameters by their gradients. Owns its state tensors, which live outside every <see cref="DisposeScope"/>. Not thread-safe.</summary>
public abstract class Optimizer : IDisposable
{
    private const string StatePrefix = "state.";
    private const string GroupPrefix = "group.";
    private readonly List<Slot> _slots = [];

    /// <summary>Starts without state.</summary>
    /// <param name="groups">The parameters.</param>
    /// <param name="lr">The learning rate of groups that name none.</param>
    /// <param name="weight_decay">The weight decay of groups that name none.</param>
    /// <exception cref="ArgumentException">There are no parameters, or one appears twice.</exception>
    protected Optimizer(IEnumerable<ParameterGroup> groups, double lr, double weight_decay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lr);
        ArgumentOutOfRangeException.ThrowIfNegative(weight_decay);
        ParamGroups = [.. groups];
        HashSet<Parameter> seen = [];
        foreach (ParameterGroup group in ParamGroups)
        {
            group.LearningRate = group.InitialLearningRate = group.GivenLearningRate ?? lr;
            group.WeightDecay = group.GivenWeightDecay ?? weight_decay;
            foreach (Parameter parameter in group.Parameters)
            {
                if (!seen.Add(parameter))
                {
                    throw new ArgumentException("A parameter was given to the optimiser twice.", nameof(groups));
                }

                _slots.Add(new Slot(parameter, group));
            }
        }

        if (_slots.Count == 0)
        {
            throw new ArgumentException("The optimiser was given no parameters.", nameof(groups));
        }
    }

    /// <summary>Gets the groups; their rates may be changed between steps.</summary>
    public IReadOnlyList<ParameterGroup> ParamGroups { get; }

    /// <summary>Forgets the gradients of every parameter.</summary>
    public void zero_grad()
    {
        foreach (Slot slot in _slots)
        {
            slot.Parameter.grad = null;
        }
    }

    /// <summary>Changes every parameter that has a gradient.</summary>
    public void step()
    {
        using GradientMode mode = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        foreach (Slot slot in _slots)
        {
            if (slot.Parameter.grad is { } gradient)
            {
                slot.Steps++;
                Update(slot, gradient);
            }
        }
    }

    /// <summary>
    /// Gets everything that a resumed run needs, by name: <c>state.{parameter}.{what}</c>, <c>state.{parameter}.step</c> (Int64),
    /// <c>group.{group}.lr</c>, <c>.initial_lr</c> and <c>.weight_decay</c> (Float64). Moments are the optimiser's own tensors, not copies.
    /// </summary>
    public Dictionary<string, Tensor> state_dict()
    {
        Dictionary<string, Tensor> state = [];
        for (int n = 0; n < _slots.Count; n++)
        {
            string prefix = string.Create(CultureInfo.InvariantCulture, $"{StatePrefix}{n}.");
            if (_slots[n].Steps > 0)
            {
                state.Add(prefix + "step", torch.scalar_tensor(_slots[n].Steps));
            }

            foreach ((string name, Tensor tensor) in _slots[n].State)
            {
                state.Add(prefix + name, tensor);
            }
        }

        for (int n = 0; n < ParamGroups.Count; n++)
        {
            string prefix = string.Create(CultureInfo.InvariantCulture, $"{GroupPrefix}{n}.");
            state.Add(prefix + "lr", torch.scalar_tensor(ParamGroups[n].LearningRate));
            state.Add(prefix + "initial_lr", torch.scalar_tensor(ParamGroups[n].InitialLearningRate));
            state.Add(prefix + "weight_decay", torch.scalar_tensor(ParamGroups[n].WeightDecay));
        }

        return state;
    }

    /// <summary>Takes over what <see cref="state_dict"/> gave: the next step equals that of the optimiser it came from, bit for bit.</summary>
    /// <param name="source">Tensors by name; they are copied to the parameters' devices.</param>
    /// <exception cref="TorchException">A name is unknown, or a shape is not the parameter's.</exception>
    public void load_state_dict(IReadOnlyDictionary<string, Tensor> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using GradientMode mode = torch.no_grad();
        foreach ((string name, Tensor value) in source)
        {
            string[] parts = name.Split('.');
            bool understood = parts.Length == 3
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int place)
                && (parts[0] == "state" ? LoadState(place, parts[2], value) : parts[0] == "group" && LoadGroup(place, parts[2], value));
            if (!understood)
            {
                throw new TorchException("optimizer.load_state_dict", $"'{name}' has no place in this optimiser");
            }
        }
    }

    /// <summary>Frees the state; the parameters are their modules'.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Changes one parameter; recording is off and a scope is open.</summary>
    private protected abstract void Update(Slot slot, Tensor gradient);

    /// <summary>The names of the state tensors that the optimiser keeps for a parameter.</summary>
    private protected abstract IEnumerable<string> StateNames { get; }

    /// <summary>Frees the state.</summary>
    /// <param name="disposing">Whether called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        foreach (Tensor tensor in _slots.SelectMany(slot => slot.State.Values))
        {
            tensor.Dispose();
        }
    }

    private bool LoadState(int place, string what, Tensor value)
    {
        if (place >= _slots.Count)
        {
            return false;
        }

        Slot slot = _slots[place];
        if (what == "step")
        {
            slot.Steps = value.ToInt64();
            return true;
        }

        if (!StateNames.Contains(what))
        {
            return false;
        }

        if (!value.shape.SequenceEqual(slot.Parameter.shape))
        {
            throw new TorchException(
                "optimizer.load_state_dict",
                $"'{what}' of parameter {place} is [{string.Join(", ", value.shape)}], the parameter [{string.Join(", ", slot.Parameter.shape)}]");
        }

        slot.Zeros(what).copy_(value);
        return true;
    }

    private bool LoadGroup(int place, string what, Tensor value)
    {
        if (place >= ParamGroups.Count)
        {
            return false;
        }

        ParameterGroup group = ParamGroups[place];
        double number = value.ToDouble();
        switch (what)
        {
            case "lr":
                group.LearningRate = number;
                return true;
            case "initial_lr":
                group.InitialLearningRate = number;
                return true;
            case "weight_decay":
                group.WeightDecay = number;
                return true;
            default:
                return false;
        }
    }

    /// <summary>A parameter and what the optimiser remembers of it.</summary>
    private protected sealed class Slot(Parameter parameter, ParameterGroup group)
    {
        public Parameter Parameter { get; } = parameter;

        public ParameterGroup Group { get; } = group;

        public long Steps { get; set; }

        public SortedDictionary<string, Tensor> State { get; } = new(StringComparer.Ordinal);

        /// <summary>The state tensor of a name, made of zeros on first use.</summary>
        public Tensor Zeros(string name)
        {
            if (!State.TryGetValue(name, out Tensor? tensor))
            {
                tensor = torch.zeros_like(Parameter).detach().DetachFromDisposeScope();
                State.Add(name, tensor);
            }

            return tensor;
        }
    }
}
