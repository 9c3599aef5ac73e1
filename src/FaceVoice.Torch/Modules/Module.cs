using System.Globalization;

namespace FaceVoice.Torch.Modules;

/// <summary>
/// A part of a network: parameters (trained), buffers (kept), and modules inside it, all by name. Not thread-safe.
/// </summary>
/// <remarks>Names join with dots into the keys of <see cref="state_dict"/>, in order of registration, as in PyTorch.</remarks>
public abstract class Module : IDisposable
{
    private readonly List<(string Name, Parameter Value)> _parameters = [];
    private readonly List<(string Name, Tensor Value)> _buffers = [];
    private readonly List<(string Name, Module Value)> _children = [];
    private readonly string _name;

    /// <summary>Starts an empty module in training mode.</summary>
    /// <param name="name">What it is called in messages.</param>
    protected Module(string name) => _name = name;

    /// <summary>Gets a value indicating whether the module is in training mode.</summary>
    public bool training { get; private set; } = true;

    /// <summary>Gets what the module is called in messages.</summary>
    public string GetName() => _name;

    /// <summary>Puts the module, and those inside it, into training or evaluation mode.</summary>
    /// <param name="on">Whether training.</param>
    public virtual void train(bool on = true)
    {
        training = on;
        foreach ((_, Module child) in _children)
        {
            child.train(on);
        }
    }

    /// <summary>Puts the module, and those inside it, into evaluation mode: no dropout, stored statistics.</summary>
    public void eval() => train(false);

    /// <summary>Gets the parameters, with those of the modules inside, in order of registration.</summary>
    /// <param name="recurse">Whether to look inside.</param>
    public IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(item => item.parameter);

    /// <summary>Gets the parameters with their full names.</summary>
    /// <param name="recurse">Whether to look inside.</param>
    public IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
        Walk(string.Empty, recurse).SelectMany(place => place.Module._parameters.Select(item => (place.Prefix + item.Name, item.Value)));

    /// <summary>Gets the buffers with their full names.</summary>
    /// <param name="recurse">Whether to look inside.</param>
    public IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true) =>
        Walk(string.Empty, recurse).SelectMany(place => place.Module._buffers.Select(item => (place.Prefix + item.Name, item.Value)));

    /// <summary>Gets the modules directly inside, with their names.</summary>
    public IEnumerable<(string name, Module module)> named_children() => _children;

    /// <summary>Gets this module and all inside it.</summary>
    public IEnumerable<Module> modules() => Walk(string.Empty, recurse: true).Select(place => place.Module);

    /// <summary>Gets parameters and buffers by full name, in PyTorch's order. These are the module's own tensors, not copies.</summary>
    public Dictionary<string, Tensor> state_dict()
    {
        Dictionary<string, Tensor> state = [];
        foreach ((string prefix, Module module) in Walk(string.Empty, recurse: true))
        {
            foreach ((string name, Parameter value) in module._parameters)
            {
                state.Add(prefix + name, value);
            }

            foreach ((string name, Tensor value) in module._buffers)
            {
                state.Add(prefix + name, value);
            }
        }

        return state;
    }

    /// <summary>Copies tensors into the parameters and buffers of the same names.</summary>
    /// <param name="source">Tensors by full name, on any device and of any type that converts.</param>
    /// <param name="strict">Whether names that are missing or too many are refused; shapes always must agree.</param>
    /// <returns>The names that were missing and those that were too many.</returns>
    /// <exception cref="TorchException">Names or shapes disagree; the message names all of them. Nothing was changed.</exception>
    public (IList<string> missing_keys, IList<string> unexpected_keys) load_state_dict(
        IReadOnlyDictionary<string, Tensor> source, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(source);
        Dictionary<string, Tensor> own = state_dict();
        List<string> missing = [.. own.Keys.Where(name => !source.ContainsKey(name))];
        List<string> unexpected = [.. source.Keys.Where(name => !own.ContainsKey(name))];
        List<string> misshapen =
        [
            .. own.Where(item => source.TryGetValue(item.Key, out Tensor? given) && !given.shape.SequenceEqual(item.Value.shape))
                .Select(item => $"{item.Key} [{Shape(source[item.Key])}] instead of [{Shape(item.Value)}]"),
        ];
        RefuseMismatch(strict ? missing : [], strict ? unexpected : [], misshapen);
        using (torch.no_grad())
        {
            foreach ((string name, Tensor value) in own)
            {
                if (source.TryGetValue(name, out Tensor? given))
                {
                    value.copy_(given);
                }
            }
        }

        return (missing, unexpected);
    }

    /// <summary>Forgets the gradients.</summary>
    public void zero_grad()
    {
        foreach (Parameter parameter in parameters())
        {
            parameter.grad = null;
        }
    }

    /// <summary>Adds a parameter under a name.</summary>
    /// <param name="name">Its name, without dots.</param>
    /// <param name="parameter">The parameter, or null for none.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void register_parameter(string name, Parameter? parameter)
    {
        CheckFree(name);
        if (parameter is not null)
        {
            _parameters.Add((name, parameter));
        }
    }

    /// <summary>Adds a buffer under a name; it leaves its <see cref="DisposeScope"/>.</summary>
    /// <param name="name">Its name, without dots.</param>
    /// <param name="tensor">The buffer.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void register_buffer(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        CheckFree(name);
        _buffers.Add((name, tensor.DetachFromDisposeScope()));
    }

    /// <summary>Puts a module inside under a name.</summary>
    /// <typeparam name="T">The module's type.</typeparam>
    /// <param name="name">Its name, without dots.</param>
    /// <param name="submodule">The module; from now on this one disposes it.</param>
    /// <returns>The same module.</returns>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public T register_module<T>(string name, T submodule)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(submodule);
        CheckFree(name);
        _children.Add((name, submodule));
        return submodule;
    }

    /// <summary>Frees parameters, buffers and the modules inside.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Converts parameters and floating-point buffers in place; optimisers keep working.</summary>
    /// <param name="device">Where to; stays if null.</param>
    /// <param name="dtype">The element type of what is floating point; stays if null.</param>
    internal void Convert(Device? device, ScalarType? dtype)
    {
        using GradientMode mode = torch.no_grad();
        foreach ((_, Parameter parameter) in named_parameters())
        {
            using DisposeScope scope = torch.NewDisposeScope();
            Tensor? gradient = parameter.grad;
            parameter.grad = null;
            parameter.SetData(Converted(parameter.detach(), device, dtype));
            parameter.grad = gradient is null ? null : Converted(gradient, device, dtype);
        }

        foreach ((_, Tensor buffer) in named_buffers())
        {
            using DisposeScope scope = torch.NewDisposeScope();
            buffer.SetData(Converted(buffer, device, dtype));
        }
    }

    /// <summary>Frees parameters, buffers and the modules inside.</summary>
    /// <param name="disposing">Whether called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        foreach ((_, Module child) in _children)
        {
            child.Dispose();
        }

        foreach ((_, Parameter parameter) in _parameters)
        {
            parameter.Dispose();
        }

        foreach ((_, Tensor buffer) in _buffers)
        {
            buffer.Dispose();
        }
    }

    private static Tensor Converted(Tensor tensor, Device? device, ScalarType? dtype)
    {
        Tensor placed = device is null ? tensor : tensor.to(device);
        bool real = tensor.dtype is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;
        return dtype is { } type && real ? placed.to(type) : placed;
    }

    private static string Shape(Tensor tensor) =>
        string.Join(", ", tensor.shape.Select(size => size.ToString(CultureInfo.InvariantCulture)));

    private IEnumerable<(string Prefix, Module Module)> Walk(string prefix, bool recurse)
    {
        yield return (prefix, this);
        if (!recurse)
        {
            yield break;
        }

        foreach ((string name, Module child) in _children)
        {
            foreach ((string Prefix, Module Module) place in child.Walk($"{prefix}{name}.", recurse))
            {
                yield return place;
            }
        }
    }

    private void CheckFree(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (_parameters.Any(item => item.Name == name) || _buffers.Any(item => item.Name == name) || _children.Any(item => item.Name == name))
        {
            throw new ArgumentException($"{_name} has a part called '{name}' already.", nameof(name));
        }
    }

    private void RefuseMismatch(List<string> missing, List<string> unexpected, List<string> misshapen)
    {
        List<string> complaints = [];
        Add("missing", missing);
        Add("unexpected", unexpected);
        Add("of the wrong shape", misshapen);
        if (complaints.Count > 0)
        {
            throw new TorchException($"{_name}.load_state_dict", string.Join("; ", complaints));
        }

        void Add(string what, List<string> names)
        {
            if (names.Count > 0)
            {
                complaints.Add($"{what}: {string.Join(", ", names)}");
            }
        }
    }
}
