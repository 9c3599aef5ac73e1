namespace FaceVoice.Server.Configuration;

/// <summary>The files that settings name.</summary>
internal static class SettingsFiles
{
    /// <summary>Makes sure that they are there, before anything is started that would fail on them one by one.</summary>
    /// <exception cref="InvalidSettingsException">Some are not; the message names each setting and what it says.</exception>
    public static void Require(ServiceSettings settings)
    {
        (string Name, string? Path)[] named =
        [
            ("Access:ApiKeyFile", settings.Access.ApiKeyFile),
            ("Listen:CertificateFile", settings.Listen.CertificateFile),
            ("Listen:CertificateKeyFile", settings.Listen.CertificateKeyFile),
            ("Listen:ClientAuthorityFile", settings.Listen.ClientAuthorityFile),
            ("IndexKeyFile", settings.IndexKeyFile),
            ("IndexTemplateKeyFile", settings.IndexTemplateKeyFile),
        ];
        var missing = named.Where(file => file.Path is not null && !File.Exists(file.Path)).Select(file => $"{file.Name} is \"{file.Path}\"; there is no such file.").ToList();
        if (missing.Count > 0)
        {
            throw new InvalidSettingsException(string.Join(' ', missing));
        }
    }
}
