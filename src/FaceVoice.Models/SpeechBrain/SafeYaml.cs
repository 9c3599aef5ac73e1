using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace FaceVoice.Models.SpeechBrain;

/// <summary>Reads YAML as text alone: tags are kept as names and never looked up, anchors and depth are bounded.</summary>
internal static class SafeYaml
{
    private const int MaxCharacters = 256 * 1024;
    private const int MaxDepth = 16;

    /// <summary>The mapping at the top of a text with one document.</summary>
    /// <exception cref="ModelFormatException">Not YAML, too long or too deep, or no mapping.</exception>
    public static YamlMappingNode ReadMapping(string text, string source)
    {
        if (text.Length > MaxCharacters)
        {
            throw new ModelFormatException($"{source}: {text.Length} characters are too many; up to {MaxCharacters} are read.");
        }

        try
        {
            // The events first: building the tree recurses, which text from outside must not drive.
            RequireShallow(new Parser(new StringReader(text)), source);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents is [{ RootNode: YamlMappingNode mapping }] ? mapping
                : throw new ModelFormatException($"{source}: one document that is a mapping is needed, it has {stream.Documents.Count}.");
        }
        catch (YamlException error)
        {
            throw new ModelFormatException($"{source}, line {error.Start.Line}: not YAML: {error.Message}", error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException)
        {
            // The library's scanner leaves some malformed texts with these (18.1: a flow list that ends in a mapping).
            throw new ModelFormatException($"{source}: not YAML: {error.Message}", error);
        }
    }

    private static void RequireShallow(Parser parser, string source)
    {
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MaxDepth + 2)
            {
                throw new ModelFormatException($"{source}, line {parser.Current.Start.Line}: nested deeper than {MaxDepth} levels.");
            }

            if (parser.Current is AnchorAlias)
            {
                throw new ModelFormatException($"{source}, line {parser.Current.Start.Line}: aliases are not read.");
            }
        }
    }
}
