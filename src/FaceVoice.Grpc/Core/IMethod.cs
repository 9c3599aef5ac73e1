namespace Grpc.Core;

/// <summary>A method without its message types.</summary>
public interface IMethod
{
    /// <summary>Gets the kind of the method.</summary>
    MethodType Type { get; }

    /// <summary>Gets the full name of the service, package included.</summary>
    string ServiceName { get; }

    /// <summary>Gets the name of the method within its service.</summary>
    string Name { get; }

    /// <summary>Gets the path that calls it: <c>/service/method</c>.</summary>
    string FullName { get; }
}
