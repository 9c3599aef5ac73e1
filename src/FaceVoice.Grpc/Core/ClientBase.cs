using System.Diagnostics.CodeAnalysis;

namespace Grpc.Core;

/// <summary>The base of generated clients. Thread-safe.</summary>
public abstract class ClientBase
{
    private readonly CallInvoker? _callInvoker;

    /// <summary>For test doubles: a client that cannot call.</summary>
    protected ClientBase()
    {
    }

    /// <summary>Makes a client from the configuration of another.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _callInvoker = configuration.Invoker;
    }

    /// <summary>Makes a client over a channel.</summary>
    protected ClientBase(ChannelBase channel)
        : this((channel ?? throw new ArgumentNullException(nameof(channel))).CreateCallInvoker())
    {
    }

    /// <summary>Makes a client over an invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
    {
        ArgumentNullException.ThrowIfNull(callInvoker);
        _callInvoker = callInvoker;
    }

    /// <summary>Gets what makes the calls.</summary>
    /// <exception cref="NotSupportedException">This is a test double without one.</exception>
    protected CallInvoker CallInvoker => _callInvoker ?? throw new NotSupportedException("This client was made without a channel.");

    internal ClientBaseConfiguration Configuration => new(CallInvoker);

    /// <summary>What one client needs to know of another.</summary>
    [SuppressMessage("Design", "CA1034:Nested types should not be visible", Justification = "Generated code names it so.")]
    protected internal class ClientBaseConfiguration
    {
        internal ClientBaseConfiguration(CallInvoker invoker) => Invoker = invoker;

        internal CallInvoker Invoker { get; }
    }
}
