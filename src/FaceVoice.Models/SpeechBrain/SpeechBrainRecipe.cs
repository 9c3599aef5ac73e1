namespace FaceVoice.Models.SpeechBrain;

/// <summary>
/// What the <c>hyperparams.yaml</c> of a SpeechBrain repository says of its speaker encoder: which network, its sizes, the file of its
/// weights.
/// The file is read as text and never executed: <c>!new:</c>, <c>!name:</c> and <c>!ref</c> are names and nothing else.
/// </summary>
public sealed record SpeechBrainRecipe
{
    /// <summary>The usual name of the file.</summary>
    public const string FileName = "hyperparams.yaml";

    /// <summary>The network: <c>xvector</c> or <c>ecapa</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>The number of mel bands.</summary>
    public required int MelBins { get; init; }

    /// <summary>The channels of each block.</summary>
    public required IReadOnlyList<int> Channels { get; init; }

    /// <summary>The taps of each block.</summary>
    public required IReadOnlyList<int> KernelSizes { get; init; }

    /// <summary>The distance between taps of each block.</summary>
    public required IReadOnlyList<int> Dilations { get; init; }

    /// <summary>The length of an embedding.</summary>
    public required int EmbeddingDimension { get; init; }

    /// <summary>The channels of the attention's bottleneck; ECAPA only.</summary>
    public int AttentionChannels { get; init; }

    /// <summary>The channels of the squeeze-excitation's bottleneck; ECAPA only.</summary>
    public int SqueezeChannels { get; init; }

    /// <summary>The groups of a Res2Net block; ECAPA only.</summary>
    public int Res2NetScale { get; init; }

    /// <summary>The file with the weights, in the same folder.</summary>
    public required string WeightsFile { get; init; }

    /// <summary>Reads the text of a <c>hyperparams.yaml</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Where it comes from, for messages.</param>
    /// <exception cref="ModelFormatException">
    /// Not YAML, or an encoder or features of a kind that is not computed here; the message names the setting, its value and what is known.
    /// </exception>
    public static SpeechBrainRecipe Parse(string text, string source = FileName)
    {
        ArgumentNullException.ThrowIfNull(text);
        var file = new HyperparameterFile(SafeYaml.ReadMapping(text, source), source);
        var features = file.Section("compute_features", "speechbrain.lobes.features.Fbank");
        RequireFeatures(features);
        RequireNormalisation(file.Section("mean_var_norm", "speechbrain.processing.features.InputNormalization"));
        var encoder = file.Section(
            "embedding_model", "speechbrain.lobes.models.Xvector.Xvector", "speechbrain.lobes.models.ECAPA_TDNN.ECAPA_TDNN");
        var recipe = encoder.Class.EndsWith("Xvector", StringComparison.Ordinal) ? XVector(encoder) : Ecapa(encoder);
        var bands = features.Integer("n_mels", 40);
        return bands == recipe.MelBins ? recipe with { WeightsFile = file.WeightsFile("embedding_model") }
            : throw new ModelFormatException($"{source}: compute_features gives {bands} mel bands, the encoder takes {recipe.MelBins}.");
    }

    // Where a setting is left out, SpeechBrain's own default holds; so it does here.
    private static SpeechBrainRecipe XVector(HyperparameterSection encoder)
    {
        encoder.RequireKnown(
            "device", "activation", "tdnn_blocks", "tdnn_channels", "tdnn_kernel_sizes", "tdnn_dilations", "lin_neurons", "in_channels");
        encoder.RequireTag("activation", "torch.nn.LeakyReLU");
        var channels = encoder.Integers("tdnn_channels", [512, 512, 512, 512, 1500]);
        encoder.RequireValue("tdnn_blocks", channels.Count, 5);
        return new SpeechBrainRecipe
        {
            Architecture = "xvector",
            MelBins = encoder.Integer("in_channels", 40),
            Channels = channels,
            KernelSizes = encoder.Integers("tdnn_kernel_sizes", [5, 3, 3, 1, 1]),
            Dilations = encoder.Integers("tdnn_dilations", [1, 2, 3, 1, 1]),
            EmbeddingDimension = encoder.Integer("lin_neurons", 512),
            WeightsFile = "",
        };
    }

    private static SpeechBrainRecipe Ecapa(HyperparameterSection encoder)
    {
        encoder.RequireKnown(
            "device", "activation", "input_size", "channels", "kernel_sizes", "dilations", "attention_channels", "lin_neurons",
                "res2net_scale",
            "se_channels", "global_context", "groups", "dropout");
        encoder.RequireTag("activation", "torch.nn.ReLU");
        encoder.RequireText("global_context", "True", "true");
        if (encoder.Integers("groups", [1]).Any(group => group != 1))
        {
            throw encoder.Unknown("groups", "grouped convolutions are not computed here");
        }

        return new SpeechBrainRecipe
        {
            Architecture = "ecapa",
            MelBins = encoder.Integer("input_size", null),
            Channels = encoder.Integers("channels", [512, 512, 512, 512, 1536]),
            KernelSizes = encoder.Integers("kernel_sizes", [5, 3, 3, 3, 1]),
            Dilations = encoder.Integers("dilations", [1, 2, 3, 4, 1]),
            EmbeddingDimension = encoder.Integer("lin_neurons", 192),
            AttentionChannels = encoder.Integer("attention_channels", 128),
            SqueezeChannels = encoder.Integer("se_channels", 128),
            Res2NetScale = encoder.Integer("res2net_scale", 8),
            WeightsFile = "",
        };
    }

    /// <summary>
    /// The features are part of the ONNX graph that is written: 25 ms every 10 ms at 16 kHz. Any other setting would be heard wrongly.
    /// </summary>
    private static void RequireFeatures(HyperparameterSection features)
    {
        features.RequireKnown(
            "n_mels", "sample_rate", "n_fft", "win_length", "hop_length", "f_min", "f_max", "deltas", "context", "requires_grad",
                "filter_shape",
            "param_change_factor", "param_rand_factor", "left_frames", "right_frames");
        features.RequireValue("sample_rate", 16_000, 16_000);
        features.RequireValue("n_fft", 400, 400);
        features.RequireValue("win_length", 25, 25);
        features.RequireValue("hop_length", 10, 10);
        features.RequireValue("f_min", 0, 0);
        features.RequireValue("f_max", 8_000, 8_000);
        features.RequireText("deltas", "False", "false");
        features.RequireText("context", "False", "false");
        features.RequireText("filter_shape", "triangular");
    }

    private static void RequireNormalisation(HyperparameterSection normalisation)
    {
        normalisation.RequireKnown("norm_type", "mean_norm", "std_norm", "requires_grad", "update_until_epoch", "avg_factor");
        normalisation.RequireText("mean_norm", "True", "true");
        if (normalisation.Text("norm_type") != "sentence" || normalisation.Text("std_norm") is not ("False" or "false"))
        {
            throw normalisation.Unknown(
                "norm_type", "known is norm_type: sentence with std_norm: False, the mean of each utterance taken out");
        }
    }
}
