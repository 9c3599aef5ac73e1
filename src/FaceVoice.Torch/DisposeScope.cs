namespace FaceVoice.Torch;

/// <summary>
/// Frees, when disposed, every tensor that was made on this thread while it was the innermost scope. Open one per training step.
/// </summary>
/// <remarks>
/// Scopes belong to the thread that opened them and close in reverse order: no <c>await</c> inside. Parameters, buffers and
/// optimiser state live outside scopes. Autograd keeps what it needs whether or not the managed tensor is disposed.
/// </remarks>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? _innermost;

    private readonly List<Tensor> _tensors = [];
    private readonly DisposeScope? _outer;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private bool _closed;

    internal DisposeScope()
    {
        _outer = _innermost;
        _innermost = this;
    }

    /// <summary>Gets the number of tensors that the scope would free now.</summary>
    public int Count => _tensors.Count;

    /// <summary>Hands a tensor to the scope outside this one, or to nobody when this is the outermost.</summary>
    /// <typeparam name="T">The tensor's type.</typeparam>
    /// <param name="tensor">A tensor of this scope.</param>
    /// <returns>The same tensor.</returns>
    public T MoveToOuter<T>(T tensor)
        where T : Tensor
    {
        Detach(tensor);
        _outer?.Add(tensor);
        return tensor;
    }

    /// <summary>Takes a tensor out of the scope: from now on its holder disposes it.</summary>
    /// <typeparam name="T">The tensor's type.</typeparam>
    /// <param name="tensor">A tensor of this scope.</param>
    /// <returns>The same tensor.</returns>
    public T Detach<T>(T tensor)
        where T : Tensor
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Scope == this)
        {
            Remove(tensor);
        }

        return tensor;
    }

    /// <summary>Puts a tensor into the scope.</summary>
    /// <typeparam name="T">The tensor's type.</typeparam>
    /// <param name="tensor">A tensor, of another scope or of none.</param>
    /// <returns>The same tensor.</returns>
    public T Attach<T>(T tensor)
        where T : Tensor
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.Scope?.Remove(tensor);
        Add(tensor);
        return tensor;
    }

    /// <summary>Frees the scope's tensors and makes the outer scope the innermost again.</summary>
    /// <exception cref="InvalidOperationException">Another thread opened the scope, or an inner one is still open.</exception>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        if (_thread != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException("A DisposeScope was closed on another thread than the one that opened it (an await inside it?).");
        }

        if (_innermost != this)
        {
            throw new InvalidOperationException("A DisposeScope was closed before one that was opened inside it.");
        }

        _closed = true;
        _innermost = _outer;
        foreach (Tensor tensor in _tensors)
        {
            tensor.Scope = null;
            tensor.Dispose();
        }

        _tensors.Clear();
    }

    /// <summary>Registers a new tensor with the thread's innermost scope, if any.</summary>
    internal static void Register(Tensor tensor) => _innermost?.Add(tensor);

    internal void Remove(Tensor tensor)
    {
        Tensor last = _tensors[^1];
        _tensors[tensor.ScopeSlot] = last;
        last.ScopeSlot = tensor.ScopeSlot;
        _tensors.RemoveAt(_tensors.Count - 1);
        tensor.Scope = null;
    }


    internal void Add(Tensor tensor)
    {
        tensor.Scope = this;
        tensor.ScopeSlot = _tensors.Count;
        _tensors.Add(tensor);
    }
}
