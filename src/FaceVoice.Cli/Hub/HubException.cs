namespace FaceVoice.Cli.Hub;

/// <summary>
/// The hub refused, cannot be reached or sent something wrong; the message says what was asked, what came and what helps.
/// </summary>
internal sealed class HubException(string message, Exception? cause = null) : Exception(message, cause);
