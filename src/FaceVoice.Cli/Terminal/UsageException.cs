using FaceVoice.Server;

namespace FaceVoice.Cli.Terminal;

/// <summary>Arguments that parse but make no sense together; the message says what was given and what is needed. Exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(ErrorText.WithoutParameterName(message));
