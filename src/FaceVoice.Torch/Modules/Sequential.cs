using System.Globalization;

namespace FaceVoice.Torch.Modules;

/// <summary>Modules one after the other. What lies between two is freed as soon as it is used; autograd keeps what it needs.</summary>
public sealed class Sequential : Module<Tensor, Tensor>
{
    private readonly List<Module<Tensor, Tensor>> _modules = [];

    internal Sequential(IEnumerable<(string Name, Module<Tensor, Tensor> Module)> modules)
        : base(nameof(Sequential))
    {
        foreach ((string name, Module<Tensor, Tensor> module) in modules)
        {
            append(name, module);
        }
    }

    /// <summary>Gets the number of modules.</summary>
    public int Count => _modules.Count;

    /// <summary>Gets a module by its place.</summary>
    /// <param name="index">The place, from 0.</param>
    public Module<Tensor, Tensor> this[int index] => _modules[index];

    /// <summary>Adds a module at the end, named by its place.</summary>
    /// <param name="module">The module.</param>
    /// <returns>This module.</returns>
    public Sequential append(Module<Tensor, Tensor> module) =>
        append(_modules.Count.ToString(CultureInfo.InvariantCulture), module);

    /// <summary>Adds a module at the end.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="module">The module.</param>
    /// <returns>This module.</returns>
    public Sequential append(string name, Module<Tensor, Tensor> module)
    {
        _modules.Add(register_module(name, module));
        return this;
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor current = input;
        foreach (Module<Tensor, Tensor> module in _modules)
        {
            Tensor next = module.forward(current);
            if (!ReferenceEquals(next, current) && !ReferenceEquals(current, input))
            {
                current.Dispose();
            }

            current = next;
        }

        return current;
    }
}
