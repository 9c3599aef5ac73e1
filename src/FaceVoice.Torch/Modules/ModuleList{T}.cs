using System.Collections;
using System.Globalization;

namespace FaceVoice.Torch.Modules;

/// <summary>Modules named by their place; how they are joined is the owner's matter.</summary>
/// <typeparam name="T">The modules' type.</typeparam>
public sealed class ModuleList<T> : Module, IReadOnlyList<T>
    where T : Module
{
    private readonly List<T> _modules = [];

    internal ModuleList(IEnumerable<T> modules)
        : base("ModuleList")
    {
        foreach (T module in modules)
        {
            Add(module);
        }
    }

    /// <inheritdoc/>
    public int Count => _modules.Count;

    /// <inheritdoc/>
    public T this[int index] => _modules[index];

    /// <summary>Adds a module at the end.</summary>
    /// <param name="module">The module.</param>
    public void Add(T module) =>
        _modules.Add(register_module(_modules.Count.ToString(CultureInfo.InvariantCulture), module));

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _modules.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
