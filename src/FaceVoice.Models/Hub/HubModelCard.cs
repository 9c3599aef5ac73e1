using FaceVoice.Models.SpeechBrain;
using YamlDotNet.RepresentationModel;

namespace FaceVoice.Models.Hub;

/// <summary>The model card of a repository, <c>README.md</c>: text with YAML between two lines of dashes at its top.</summary>
public static class HubModelCard
{
    /// <summary>
    /// The licence that the card states, an SPDX identifier in lower case as hubs write them; null if it states none, or cannot be read.
    /// </summary>
    /// <param name="text">The card.</param>
    public static string? Licence(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        var end = lines[0].TrimEnd() == "---" ? Array.FindIndex(lines, 1, line => line.TrimEnd() == "---") : -1;
        if (end < 1)
        {
            return null;
        }

        try
        {
            var metadata = SafeYaml.ReadMapping(string.Join('\n', lines[1..end]), "README.md");
            return Text(metadata, "license") is "other" ? Text(metadata, "license_name") ?? "other" : Text(metadata, "license");
        }
        catch (ModelFormatException)
        {
            return null; // a card is for people: what a program cannot read of it is not stated, for the program
        }
    }

    private static string? Text(YamlMappingNode metadata, string key) =>
        metadata.Children.TryGetValue(new YamlScalarNode(key), out var value)
            && value is YamlScalarNode { Value: { Length: > 0 and <= 100 } text } ? text : null;
}
