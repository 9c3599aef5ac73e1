using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace FaceVoice.Models.SpeechBrain;

/// <summary>The top of a <c>hyperparams.yaml</c>.</summary>
internal sealed class HyperparameterFile(YamlMappingNode root, string source)
{
    private const int MaxReferences = 8;

    public string Source => source;

    /// <summary>A part that makes an object of one of the classes.</summary>
    public HyperparameterSection Section(string name, params ReadOnlySpan<string> classes)
    {
        var known = string.Join(" and ", classes.ToArray());
        if (!root.Children.TryGetValue(new YamlScalarNode(name), out var node))
        {
            throw new ModelFormatException($"{source} has no {name}: it is not that of a speaker encoder (known are {known}).");
        }

        var made = node.Tag.IsEmpty ? "nothing" : node.Tag.Value;
        foreach (var candidate in classes)
        {
            if (made == $"!new:{candidate}" && node is YamlMappingNode or YamlScalarNode { Value: null or "" })
            {
                return new HyperparameterSection(this, name, candidate, node as YamlMappingNode ?? []);
            }
        }

        throw new ModelFormatException($"{source}: {name} is {made}; known are {known}.");
    }

    /// <summary>The value of a scalar, through references to other scalars.</summary>
    public string? Resolve(YamlNode node, string setting)
    {
        for (var step = 0; step < MaxReferences; step++)
        {
            if (node is not YamlScalarNode scalar)
            {
                throw new ModelFormatException($"{source}: {setting} is no single value.");
            }

            if (scalar.Tag.IsEmpty || scalar.Tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal))
            {
                return scalar.Value;
            }

            if (scalar.Tag.Value != "!ref" || scalar.Value is not ['<', .. var name, '>']
                || !root.Children.TryGetValue(new YamlScalarNode(name), out node!))
            {
                throw new ModelFormatException(
                    $"{source}: {setting} is '{scalar.Tag.Value} {scalar.Value}'; read are plain values and !ref <NAME> of one.");
            }
        }

        throw new ModelFormatException($"{source}: {setting} refers to a reference, and so on, {MaxReferences} times.");
    }

    /// <summary>Follows a reference to a list; any other node is itself.</summary>
    public YamlNode List(YamlNode node) =>
        node is YamlScalarNode { Value: ['<', .. var name, '>'] } scalar && !scalar.Tag.IsEmpty && scalar.Tag.Value == "!ref"
        && root.Children.TryGetValue(new YamlScalarNode(name), out var target) && target is YamlSequenceNode ? target : node;

    /// <summary>The file of an object's weights: the last part of the path that the pretrainer names, or <c>NAME.ckpt</c>.</summary>
    public string WeightsFile(string name)
    {
        var named = root.Children.TryGetValue(new YamlScalarNode("pretrainer"), out var node) && node is YamlMappingNode pretrainer
            && pretrainer.Children.TryGetValue(new YamlScalarNode("paths"), out var paths) && paths is YamlMappingNode files
            && files.Children.TryGetValue(new YamlScalarNode(name), out var path) ? (path as YamlScalarNode)?.Value : null;
        var file = (named ?? $"{name}.ckpt").Split('/')[^1];
        var plain = file.Length is > 5 and <= 128 && file[0] != '.' && file.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            && Path.GetExtension(file) is ".ckpt" or ".safetensors";
        return plain ? file : throw new ModelFormatException(
            $"{source}: the weights of {name} are in '{file}'; a .ckpt or .safetensors file is needed.");
    }
}

/// <summary>A part of a <c>hyperparams.yaml</c> that makes an object of a known class.</summary>
internal sealed class HyperparameterSection(HyperparameterFile file, string name, string made, YamlMappingNode settings)
{
    public string Class => made;

    public string? Text(string key) => Find(key) is { } node ? file.Resolve(node, $"{name}.{key}") : null;

    public int Integer(string key, int? missing) => Find(key) is { } node ? Integer(node, key)
        : missing ?? throw new ModelFormatException($"{file.Source}: {name}.{key} is missing.");

    public IReadOnlyList<int> Integers(string key, IReadOnlyList<int> missing) => Find(key) is not { } node ? missing
        : file.List(node) is YamlSequenceNode { Children.Count: > 0 and <= 64 } list ? [.. list.Children.Select(item => Integer(item, key))]
        : throw new ModelFormatException($"{file.Source}: {name}.{key} is no list of 1 to 64 numbers.");

    public void RequireKnown(params string[] keys)
    {
        foreach (var key in settings.Children.Keys)
        {
            if (key is not YamlScalarNode { Value: { } setting } || !keys.Contains(setting))
            {
                throw Unknown(key.ToString(), "it is not known here, so what it changes would be lost");
            }
        }
    }

    /// <summary>Throws if a setting is there and its value is another.</summary>
    public void RequireValue(string key, int expected, int missing)
    {
        if (Integer(key, missing) != expected)
        {
            throw Unknown(key, $"only {expected} is computed here");
        }
    }

    public void RequireText(string key, params string[] values)
    {
        if (Text(key) is { } value && !values.Contains(value))
        {
            throw Unknown(key, $"only {values[0]} is computed here");
        }
    }

    public void RequireTag(string key, string expected)
    {
        if (Find(key) is { } node && (node.Tag.IsEmpty || node.Tag.Value != $"!name:{expected}"))
        {
            throw Unknown(key, $"only {expected} is computed here");
        }
    }

    public ModelFormatException Unknown(string key, string reason) => new($"{file.Source}: {name}.{key} is {Shown(key)}: {reason}.");

    private string Shown(string key) => Find(key) switch
    {
        null => "missing",
        YamlScalarNode scalar when scalar.Tag.IsEmpty => $"'{scalar.Value}'",
        YamlScalarNode scalar => $"'{$"{scalar.Tag.Value} {scalar.Value}".TrimEnd()}'",
        _ => "a list or mapping",
    };

    private YamlNode? Find(string key) => settings.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;

    private int Integer(YamlNode node, string key) =>
        int.TryParse(file.Resolve(node, $"{name}.{key}"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value is >= 0 and <= 1 << 20
            ? value
            : throw Unknown(key, "a whole number is needed");
}
