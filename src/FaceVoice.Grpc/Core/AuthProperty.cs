using System.Text;

namespace Grpc.Core;

/// <summary>One fact about an authenticated peer, for instance a name in its certificate.</summary>
public class AuthProperty
{
    private AuthProperty(string name, string value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>Gets what the fact is about.</summary>
    public string Name { get; }

    /// <summary>Gets the fact.</summary>
    public string Value { get; }

    /// <summary>Makes a property from text.</summary>
    public static AuthProperty Create(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        return new(name, value);
    }

    /// <summary>Makes a property from UTF-8 bytes.</summary>
    public static AuthProperty Create(string name, byte[] valueBytes) => Create(name, Encoding.UTF8.GetString(valueBytes));
}
