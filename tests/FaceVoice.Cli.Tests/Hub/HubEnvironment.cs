using System.Text;
using FaceVoice.Models;
using FaceVoice.Testing;
using FaceVoice.Testing.Models;

namespace FaceVoice.Cli.Tests.Hub;

/// <summary>
/// The hub's environment variables for as long as a test runs: a hub of its own, an empty cache. Such tests are in the collection
/// "console".
/// </summary>
internal sealed class HubEnvironment : IDisposable
{
    private static readonly string[] Names =
        ["HF_ENDPOINT", "HF_TOKEN", "HF_TOKEN_PATH", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_ASSETS_CACHE",
            "HF_HUB_OFFLINE", "HF_HUB_DISABLE_IMPLICIT_TOKEN"];

    private readonly Dictionary<string, string?> _before = Names.ToDictionary(name => name, Environment.GetEnvironmentVariable);
    private readonly TemporaryFolder _folder = new();

    public HubEnvironment(string endpoint)
    {
        foreach (var name in Names)
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        Environment.SetEnvironmentVariable("HF_HOME", _folder.Path);
        Environment.SetEnvironmentVariable("HF_ENDPOINT", endpoint);
    }

    /// <summary>A path in the hub's home folder.</summary>
    public string File(params string[] parts) => _folder.File(parts);

    /// <summary>A path in the cached repository.</summary>
    public string Cached(params string[] parts) => _folder.File(["hub", "models--owner--name", .. parts]);

    public void Dispose()
    {
        foreach (var (name, value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        _folder.Dispose();
    }

    /// <summary>The files of a small SpeechBrain x-vector repository, as one is laid out.</summary>
    public static Dictionary<string, byte[]> SpeechBrainRepository(int seed = 1)
    {
        using var folder = new TemporaryFolder();
        new SafeTensorsFile(RandomWeights.XVector(seed, 24, [32, 32, 32, 32, 64], 96).Values).Write(folder.File("weights"));
        return new()
        {
            ["hyperparams.yaml"] = Encoding.UTF8.GetBytes("""
                n_mels: 24
                pretrained_path: owner/name
                compute_features: !new:speechbrain.lobes.features.Fbank
                    n_mels: !ref <n_mels>
                mean_var_norm: !new:speechbrain.processing.features.InputNormalization
                    norm_type: sentence
                    std_norm: False
                embedding_model: !new:speechbrain.lobes.models.Xvector.Xvector
                    in_channels: !ref <n_mels>
                    activation: !name:torch.nn.LeakyReLU
                    tdnn_channels: [32, 32, 32, 32, 64]
                    lin_neurons: 96
                pretrainer: !new:speechbrain.utils.parameter_transfer.Pretrainer
                    paths:
                        embedding_model: !ref <pretrained_path>/embedding_model.ckpt
                """),
            ["embedding_model.ckpt"] = System.IO.File.ReadAllBytes(folder.File("weights")),
            ["classifier.ckpt"] = new byte[5000],
            ["README.md"] = "---\nlanguage: en\nlicense: \"apache-2.0\"\n---\n# A model\n"u8.ToArray(),
        };
    }
}
