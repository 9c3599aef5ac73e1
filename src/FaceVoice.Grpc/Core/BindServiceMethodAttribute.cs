namespace Grpc.Core;

/// <summary>Stands on a generated service base and names the method that binds it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BindServiceMethodAttribute(Type bindType, string bindMethodName) : Attribute
{
    /// <summary>Gets the type that holds the method.</summary>
    public Type BindType { get; } = bindType;

    /// <summary>Gets the name of the static method.</summary>
    public string BindMethodName { get; } = bindMethodName;
}
