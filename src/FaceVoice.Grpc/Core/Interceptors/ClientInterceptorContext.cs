using System.Diagnostics.CodeAnalysis;

namespace Grpc.Core.Interceptors;

/// <summary>The call that a client interceptor looks at.</summary>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TResponse">The response.</typeparam>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Never compared.")]
public readonly struct ClientInterceptorContext<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    where TRequest : class
    where TResponse : class
{
    /// <summary>Gets the method.</summary>
    public Method<TRequest, TResponse> Method { get; } = method;

    /// <summary>Gets the host that overrides the channel's; usually null.</summary>
    public string? Host { get; } = host;

    /// <summary>Gets metadata, deadline and token.</summary>
    public CallOptions Options { get; } = options;
}
