using System.Text.RegularExpressions;

namespace FaceVoice.Server;

/// <summary>Words of errors as people outside of the program are told them. Pure.</summary>
public static partial class ErrorText
{
    /// <summary>
    /// Takes away what .NET adds to the messages of exceptions about arguments, such as <c>(Parameter 'path2')</c>: a name of nothing that
    /// a user or caller has seen.
    /// </summary>
    /// <param name="message">The message of an exception.</param>
    /// <returns>The message without it.</returns>
    public static string WithoutParameterName(string message) => ParameterName().Replace(message, "");

    [GeneratedRegex(@"\s*\(Parameter '[^']*'\)(\s*Actual value was [^\r\n]*)?")]
    private static partial Regex ParameterName();
}
