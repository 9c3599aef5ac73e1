using System.Collections.Concurrent;

namespace FaceVoice.Models.Sessions;

/// <summary>
/// Bound buffers for runs of one fixed set of shapes, as many as there are callers at once. Thread-safe. The pool does not own the session.
/// </summary>
public sealed class OnnxCallPool : IDisposable
{
    private readonly ConcurrentBag<OnnxCall> _free = [];
    private volatile bool _disposed;

    /// <summary>Makes a pool.</summary>
    /// <param name="session">The model; it must outlive the pool.</param>
    /// <param name="inputShapes">The shape of each input in the model's order; null where the file declares them all.</param>
    /// <param name="outputShapes">The shape of each output in the model's order; null where the file declares them all.</param>
    /// <exception cref="OnnxModelException">A shape is not given and not fixed in the file, or contradicts it, or an element type is not supported.</exception>
    public OnnxCallPool(OnnxSession session, IReadOnlyList<long[]>? inputShapes = null, IReadOnlyList<long[]>? outputShapes = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        Session = session;
        InputShapes = Resolve(session, session.Inputs, inputShapes);
        OutputShapes = Resolve(session, session.Outputs, outputShapes);
        if (session.Outputs.FirstOrDefault(output => output.Element != TensorElement.Real32) is { } unsupported)
        {
            throw new OnnxModelException($"The model {session.Name} has the output {unsupported}; only float32 is supported.");
        }
    }

    /// <summary>Gets the model that the calls run.</summary>
    public OnnxSession Session { get; }

    internal long[][] InputShapes { get; }

    internal long[][] OutputShapes { get; }

    /// <summary>Takes a set of buffers; dispose it to give it back. Its contents are those of an earlier run.</summary>
    public OnnxCall Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _free.TryTake(out var call) ? call : new OnnxCall(this);
    }

    /// <summary>Frees the buffers that are not in use; those in use are freed when they come back.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_free.TryTake(out var call))
        {
            call.Free();
        }
    }

    internal void Return(OnnxCall call)
    {
        _free.Add(call);
        if (_disposed)
        {
            Dispose();
        }
    }

    private static long[][] Resolve(OnnxSession session, IReadOnlyList<TensorSpec> specs, IReadOnlyList<long[]>? shapes)
    {
        if (shapes is not null && shapes.Count != specs.Count)
        {
            throw new OnnxModelException($"The model {session.Name} has {specs.Count} tensors on this side ({string.Join("; ", specs)}), not {shapes.Count}.");
        }

        return [.. specs.Select((spec, i) => shapes?[i] ?? [.. spec.Shape]).Zip(specs, (shape, spec) =>
            spec.Element != TensorElement.Unsupported && shape.All(size => size >= 0) && spec.Accepts(shape)
                ? shape
                : throw new OnnxModelException($"The model {session.Name} does not fit: it has {spec}, to be run as {TensorSpec.Describe(shape)}."))];
    }
}
